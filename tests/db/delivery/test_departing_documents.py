"""The completion message and its documents, from the order's end to the provider."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.documents.desk import Desk
from tests.fixtures.drained import make_due, one
from tests.fixtures.facts import tasks
from tests.fixtures.lines import Exchange
from tests.fixtures.shop import Shop
from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import Unfetched
from tidings.delivery.render import Renderer
from tidings.delivery.start import Pinned
from tidings.documents.enclose import Enclosing
from tidings.documents.links import DocumentLinks
from tidings.documents.ports import Unprintable
from tidings.kit.db import Begin
from tidings.kit.vault import new_vault_key
from tidings.storefronts.shopbook import ShopBook
from tidings.templates.render import Templates

LINKS = DocumentLinks([new_vault_key()], "https://tidings.test", lasts=timedelta(days=90))


@pytest.fixture
async def desk(begin: Begin, shop: Shop, clock: FixedClock) -> Desk:
    made = Desk(begin, shop, clock)
    await made.rule()
    return made


@pytest.fixture
def telling(worker_begin: Begin, clock: FixedClock, templates: Templates, exchange: Exchange) -> Exchange:
    """A drain that words messages as the worker does."""
    shops = ShopBook(worker_begin, keep_seconds=0)
    exchange.enclosures = Enclosing(worker_begin, shops, clock, None)
    renderer = Renderer(templates, shops, links={"documents": LINKS.link}, enclosures=exchange.enclosures, clock=clock)

    async def render(claimed: Claimed, banner: str | None) -> Pinned:
        return await renderer(claimed, banner)

    exchange.render = render  # type: ignore[method-assign]
    return exchange


async def completed(desk: Desk, **columns: object) -> UUID:
    order_id = await desk.delivered(**columns)
    await desk.complete(order_id)
    async with desk.begin.across() as tx:
        await tx.raw.execute(
            "DELETE FROM outbox o USING messages m WHERE m.id = o.id AND m.milestone <> 'order_completed'"
        )
    return order_id


async def test_an_e_mail_leaves_with_its_documents_and_not_before(desk: Desk, shop: Shop, telling: Exchange) -> None:
    order_id = await completed(desk)
    sender = telling.connect(shop, "email")
    await telling.run()
    assert sender.sent == [], "it waits"
    await desk.make()
    await telling.run()
    (mail,) = sender.sent
    assert [each.name for each in mail.attachments] == ["INV-000001.pdf", "WAR-000001.pdf"]
    assert mail.attachments[0].content.startswith(b"%PDF-")
    assert "Im Anhang finden Sie: Rechnung/Garantie" in mail.content.text
    assert "https://tidings.test/d/" in mail.content.text
    assert await tasks(desk.begin, shop, order_id) == []


async def test_a_message_that_is_hurried_waits_all_the_same(desk: Desk, shop: Shop, telling: Exchange) -> None:
    await completed(desk)
    sender = telling.connect(shop, "email")
    await make_due(desk.begin)
    await telling.run(seconds=0.5)
    assert sender.sent == []
    row = await one(desk.begin, "SELECT due_at > now() AS waits FROM outbox")
    assert row["waits"]
    row = await one(desk.begin, "SELECT status, tries, attempts FROM messages WHERE milestone = 'order_completed'")
    assert (row["status"], row["tries"], row["attempts"]) == ("pending", 0, 0)


async def test_what_cannot_be_made_is_not_said_to_be_attached(desk: Desk, shop: Shop, telling: Exchange) -> None:
    await completed(desk)
    sender = telling.connect(shop, "email")
    desk.press.fails = Unprintable("no")
    await desk.make()
    await telling.run()
    (mail,) = sender.sent
    assert list(mail.attachments) == []
    assert "Im Anhang" not in mail.content.text
    assert "/d/" not in mail.content.text


async def test_a_text_message_has_the_link(desk: Desk, shop: Shop, telling: Exchange) -> None:
    await completed(desk, customer_email=None)
    async with desk.begin.across() as tx:
        plan = '[{"channel": "sms", "to": "+4915112345678"}]'
        await tx.raw.execute(
            "UPDATE messages SET channel = 'sms', recipient = '+4915112345678', plan = $1::text::jsonb", plan
        )
        await tx.raw.execute("UPDATE outbox SET queue = 'sms'")
    sender = telling.connect(shop, "sms")
    await desk.make()
    await telling.run()
    (text,) = sender.sent
    assert list(text.attachments) == []
    assert "Ihre Dokumente: https://tidings.test/d/" in text.content.text


async def test_what_cannot_be_fetched_for_a_moment_is_tried_again(desk: Desk, shop: Shop, telling: Exchange) -> None:
    await completed(desk)
    await desk.make()
    sender = telling.connect(shop, "email")
    real = telling.enclosures
    assert real is not None

    class Away:
        enclosed = real.enclosed

        async def fetched(self, *_: object) -> None:
            raise Unfetched("StoreAway")

    telling.enclosures = Away()  # type: ignore[assignment]
    await telling.run(seconds=0.5)
    assert sender.sent == []
    row = await one(desk.begin, "SELECT status, error FROM attempts")
    assert row["status"] == "failed"
    telling.enclosures = real
    await make_due(desk.begin)
    await telling.run()
    assert len(sender.sent[0].attachments) == 2
