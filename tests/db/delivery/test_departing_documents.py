"""The completion message and its documents, from the order's end to the provider."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import exc

from tests.clock import FixedClock
from tests.db.documents.desk import Desk
from tests.fixtures.calls import drained
from tests.fixtures.drained import make_due, one
from tests.fixtures.facts import tasks, told
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.cli.embedded.postgres import Postgres
from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import Enclosed, Enclosures, Unfetched
from tidings.delivery.ports import Accepted, Attachment, Outcome, Outgoing
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
    await telling.run()
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
    await drained(telling, desk.begin, "SELECT FROM attempts WHERE status = 'failed'")
    assert sender.sent == []
    telling.enclosures = real
    await make_due(desk.begin)
    await telling.run()
    assert len(sender.sent[0].attachments) == 2


Away = Callable[[Postgres, Begin], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def stopped(postgres: Postgres, _: Begin) -> AsyncIterator[None]:
    await asyncio.to_thread(postgres.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(postgres.start)


@asynccontextmanager
async def exhausted(_: Postgres, begin: Begin) -> AsyncIterator[None]:
    """Every connection that the worker may have is in somebody's hands."""
    async with AsyncExitStack() as stack:
        with suppress(exc.TimeoutError):
            while True:
                await stack.enter_async_context(begin.across())
        yield


@asynccontextmanager
async def mistaken(_: Postgres, __: Begin) -> AsyncIterator[None]:
    yield
    raise KeyError("Anna")


@dataclass
class Losing:
    """Fetches documents while something is the matter, the first time; another message is under way meanwhile."""

    real: Enclosures
    sender: FakeSender
    away: AbstractAsyncContextManager[None]
    is_back: asyncio.Event = field(default_factory=asyncio.Event)
    was_away: bool = False

    async def enclosed(self, message: Claimed, snapshot: Mapping[str, Any]) -> Enclosed:
        return await self.real.enclosed(message, snapshot)

    async def fetched(self, message: Claimed, attachments: Sequence[Mapping[str, Any]]) -> Sequence[Attachment]:
        if self.was_away:
            await self.is_back.wait()
            return await self.real.fetched(message, attachments)
        self.was_away = True
        await eventually(lambda: self.sender.sent)
        try:
            async with self.away:
                return await self.real.fetched(message, attachments)
        finally:
            asyncio.get_running_loop().call_later(0.1, self.is_back.set)

    async def slowly(self, outgoing: Outgoing) -> Outcome:
        await self.is_back.wait()
        return Accepted()


# Not what is in hand already: it would be taken away from whoever has it, and leave twice.
NOW = "UPDATE outbox SET due_at = now() WHERE parked_at IS NULL AND lease_token IS NULL RETURNING 1"
TRIED = """
SELECT m.milestone, m.status, a.number, a.status AS attempt, a.error ->> 'code' AS code, a.error ->> 'reason' AS reason
FROM messages m JOIN attempts a ON a.message_id = m.id ORDER BY m.milestone, a.number
"""


@pytest.mark.parametrize("away", [stopped, exhausted, mistaken])
async def test_a_database_that_is_away_while_documents_are_fetched_harms_nobody_who_is_under_way(
    desk: Desk, shop: Shop, telling: Exchange, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, away: Away
) -> None:
    monkeypatch.setattr(telling.begin.engine.pool, "_timeout", 0.2)
    await completed(desk)
    await desk.make()
    await place(desk.begin, shop, desk.clock.now(), order_body(customer={"email": "slow@sandbox.test", "phone": None}))
    assert telling.enclosures is not None
    sender = telling.connect(shop, "email")
    telling.enclosures = losing = Losing(telling.enclosures, sender, away(postgres, telling.begin))
    sender.answers.append(losing.slowly)
    async with telling.running():
        await losing.is_back.wait()
        await eventually_settled(desk.begin)
        await told(desk.begin, NOW)
        await eventually(lambda: len(sender.sent) == 2)
    slow, mail = sender.sent
    assert (slow.to, len(slow.attachments), len(mail.attachments)) == ("slow@sandbox.test", 0, 2)
    tried = await told(desk.begin, TRIED)
    assert [tuple(each.values())[:5] for each in tried] == [
        ("order_completed", "sent", 1, "failed", "attachment"),
        ("order_completed", "sent", 2, "accepted", None),
        ("order_confirmation", "sent", 1, "accepted", None),
    ]
    assert "Anna" not in str(tried)


async def eventually_settled(begin: Begin) -> None:
    """Both messages have been answered, and what they were answered is written down."""
    async with asyncio.timeout(20):
        while await told(begin, "SELECT FROM attempts WHERE status = 'started'"):
            await asyncio.sleep(0.05)
