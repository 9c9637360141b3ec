"""Which wording a message gets: what is published when it is first tried, and the same on every retry."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from tests.db.templates.stored.conftest import BORIS
from tests.fixtures.drained import count, make_due, one
from tests.fixtures.orders import order_body, place
from tests.fixtures.templates import EMAIL, built_in_layout, built_in_words
from tidings.delivery.ports import Transient
from tidings.delivery.render import Renderer
from tidings.kit.db import Begin
from tidings.storefronts.shopbook import ShopBook
from tidings.templates.stored.book import _BODIES, _PUBLISHED, TemplateBook, published
from tidings.templates.stored.retire import RetireTemplate, retire_template

GERMAN = order_body(
    number="W-10045", customer={"locale": "de-DE", "email": "ada@example.com", "preferred_channel": "email"}
)
CONTENT = "SELECT version, locale, subject, text, html FROM contents ORDER BY rendered_at DESC, message_id DESC LIMIT 1"
WORDS = {"de": {"email": EMAIL}}
DISPATCHED = {"de": {"email": built_in_words("order_dispatched", "de", "email")}}


@pytest.fixture
def book(worker_begin) -> TemplateBook:
    return TemplateBook(worker_begin, keep_seconds=0)


@pytest.fixture
def renders(exchange, worker_begin, templates, book, clock):
    """The exchange with the real renderer."""
    exchange.render = Renderer(templates, ShopBook(worker_begin, keep_seconds=0), editions=book, clock=clock)
    return exchange


async def retire(begin, shop, clock, row) -> None:
    async with begin(shop.scope) as tx:
        await retire_template(tx, RetireTemplate(row.id, BORIS), now=clock.now())


async def test_what_is_published_is_found_and_what_is_not_is_worded_as_built_in(
    begin, shop, other_shop, clock, book, publish
) -> None:
    assert await book.of(shop.scope, "order_confirmation") is None
    row = await publish()
    edition = await book.of(shop.scope, "order_confirmation")
    assert edition is not None
    assert (edition.version, edition.wording) == (101, row.wording)
    # What it says never changes: it is read and compiled once.
    assert await book.of(shop.scope, "order_confirmation") is edition
    assert await book.of(shop.scope, "order_completed") is None
    assert await book.of(shop.live_scope, "order_confirmation") is None
    assert await book.of(other_shop.scope, "order_confirmation") is None
    await retire(begin, shop, clock, row)
    assert await book.of(shop.scope, "order_confirmation") is None


async def test_a_look_is_kept_for_some_seconds_and_shared(worker_begin, shop, publish) -> None:
    book = TemplateBook(worker_begin, keep_seconds=60)
    found = await asyncio.gather(*(book.of(shop.scope, "order_confirmation") for _ in range(20)))
    assert set(found) == {None}
    await publish()
    assert await book.of(shop.scope, "order_confirmation") is None
    assert await TemplateBook(worker_begin, keep_seconds=60).of(shop.scope, "order_confirmation") is not None


# The same in live mode, as if another shop had published it.
ANOTHER = """
INSERT INTO template_versions
SELECT (jsonb_populate_record(t, '{"mode": "live", "id": "00000000-0000-0000-0000-000000000001"}')).*
FROM template_versions t WHERE milestone = 'order_confirmation'
"""


class Interrupted:
    """Between a look's two statements, whoever waits for the loop gets a turn."""

    def __init__(self, begin: Begin, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self.begin = begin
        self.meanwhile = meanwhile

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[object]:
        async with self.begin.statement() as self.connection:
            yield self

    async def fetch(self, sql: str, *arguments: object) -> object:
        rows = await self.connection.fetch(sql, *arguments)
        if sql == _BODIES:
            await self.meanwhile()
        return rows


async def test_editions_of_others_that_take_the_place_meanwhile_take_nothing_away(
    worker_begin, owner_database_url, shop, publish, monkeypatch
) -> None:
    """A message would be given up as one that cannot be rendered."""
    monkeypatch.setattr("tidings.templates.stored.book._MOST_READY", 1)
    await publish()
    connection = await asyncpg.connect(owner_database_url)
    await connection.execute(ANOTHER)
    await connection.close()

    async def meanwhile() -> None:
        looked._begin = worker_begin
        await looked.of(shop.live_scope, "order_confirmation")

    looked = TemplateBook(worker_begin, keep_seconds=0)
    await looked.of(shop.scope, "order_confirmation")
    await publish(DISPATCHED, "order_dispatched")
    looked._begin = Interrupted(worker_begin, meanwhile)
    found = await looked.of(shop.scope, "order_confirmation")
    assert found is not None


async def test_what_is_in_force_is_read_from_the_index_of_those_alone(begin, shop, publish) -> None:
    row = await publish()
    async with begin.across() as tx:
        assert await published(tx.raw, shop.scope) == {"order_confirmation": row.id}
        await tx.raw.execute("SET LOCAL enable_seqscan = off")
        plan = await tx.raw.fetch(f"EXPLAIN {_PUBLISHED}", shop.id, "test")
    assert any("uq_template_versions_published" in line[0] for line in plan)


async def test_a_message_that_was_sent_before_a_publish_keeps_its_version_on_every_retry(
    begin, shop, clock, renders, publish
) -> None:
    sender = renders.connect(shop, "email")
    # Not at once again by chance.
    sender.answers += [Transient("busy", retry_after=timedelta(minutes=1))] * 3
    first = await publish(WORDS)
    await place(begin, shop, clock.now(), GERMAN)
    await renders.run()
    pinned = await one(begin, CONTENT)
    assert (pinned["version"], pinned["subject"]) == (101, "Hooray, order #W-10045")
    newer = await publish({"de": {"email": EMAIL | {"subject": "Other words for #{{ number }}"}}})
    await make_due(begin)
    await renders.run()
    await retire(begin, shop, clock, newer)
    await make_due(begin)
    await renders.run()
    assert len(sender.sent) == 3
    assert {(each.content.subject, each.content.text, each.content.html) for each in sender.sent} == {
        (pinned["subject"], pinned["text"], pinned["html"])
    }
    assert (await one(begin, CONTENT))["version"] == first.version
    assert await count(begin, "contents") == 1


async def test_the_next_message_has_the_newer_version_and_after_its_end_the_built_in_one(
    begin, shop, clock, templates, renders, publish
) -> None:
    sender = renders.connect(shop, "email")
    row = await publish({}, layout=built_in_layout())
    for number, version in (("A-1", 101), ("A-2", 102), ("A-3", templates.version("order_confirmation"))):
        await place(begin, shop, clock.now(), GERMAN | {"number": number})
        await renders.run()
        (content,) = [one_of for one_of in [await one(begin, CONTENT)] if number in one_of["text"]]
        assert content["version"] == version
        if version == 101:
            row = await publish(WORDS)
        elif version == 102:
            await retire(begin, shop, clock, row)
    assert len(sender.sent) == 3


async def test_a_publish_while_messages_are_rendered_gives_each_of_them_one_version_wholly(
    begin, shop, clock, renders, publish
) -> None:
    renders.connect(shop, "email")
    await publish({"de": {"email": EMAIL | {"subject": "A {{ number }}", "paragraphs": ["A"]}}})
    for number in range(30):
        await place(begin, shop, clock.now(), GERMAN | {"number": f"P-{number}"})
    async with asyncio.TaskGroup() as group:
        group.create_task(renders.run())
        group.create_task(publish({"de": {"email": EMAIL | {"subject": "B {{ number }}", "paragraphs": ["B"]}}}))
    async with begin.across() as tx:
        rows = await tx.raw.fetch("SELECT version, subject, text FROM contents ORDER BY message_id")
    assert len(rows) == 30
    for row in rows:
        letter = {101: "A", 102: "B"}[row["version"]]
        assert row["subject"].startswith(letter)
        assert f"\n\n{letter}\n\n" in row["text"]


async def test_words_that_come_to_too_much_are_a_task_and_hold_up_nobody_else(
    begin, owner_database_url, shop, clock, renders, draft
) -> None:
    """As if a newer release had other rules, or somebody had written into the database."""
    sender = renders.connect(shop, "email")
    endless = "{% for a in products %}" * 12 + "x" * 100 + "{% endfor %}" * 12
    row = await draft({"de": {"email": EMAIL | {"paragraphs": [endless]}}})
    connection = await asyncpg.connect(owner_database_url)
    await connection.execute("UPDATE template_versions SET status = 'published' WHERE id = $1", row.id)
    await connection.close()
    euro = {"amount": 100, "currency": "EUR"}
    lines = [{"sku": f"TEA-{n}", "name": "Tea", "quantity": 1, "unit_price": euro} for n in range(10)]
    total = {"amount": 1000, "currency": "EUR"}
    large = GERMAN | {"number": "L-1", "lines": lines, "total": total, "shipping": None}
    await place(begin, shop, clock.now(), large)
    await place(begin, shop, clock.now(), order_body(number="E-1", customer={"locale": "en"}))
    async with asyncio.timeout(10):
        await renders.run()
    (sent,) = sender.sent
    assert "E-1" in sent.content.text
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_unrenderable"
    reason = (await one(begin, "SELECT reason FROM messages WHERE status = 'failed'"))["reason"]
    assert "comes to more than" in reason or "seconds of work" in reason
