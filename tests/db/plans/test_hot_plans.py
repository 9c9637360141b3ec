"""Every hot statement reaches its rows through an index, however much history there is."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.db.callbacks.test_receive import receipt
from tests.fixtures.history import multiply, one_told_order
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.orders import order_body, placing
from tests.fixtures.shop import Shop
from tidings.callbacks.incoming import incoming
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.receive import receive
from tidings.delivery.claim import Lease, claim
from tidings.delivery.overdue import mark_overdue
from tidings.delivery.ports import Content
from tidings.delivery.prepare import unattempted
from tidings.delivery.rules import Done, Verdict
from tidings.delivery.settle import settle
from tidings.delivery.start import Departure, Pinned, start
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin, Tx
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id
from tidings.orders.meet import Stopped, meetings
from tidings.orders.place import place_orders
from tidings.orders.unsent import find_unsent
from tidings.outbox.claim import Route, route_with_suspect, routes_with_work

# Writing the history takes its time on a busy machine.
pytestmark = pytest.mark.timeout(120)

# What grows with history; the work table and configuration may be read whole.
BIG = {
    "orders", "order_lines", "events", "records", "messages", "contents", "attempts", "receipts", "deadlines",
    "idempotency_keys",
}  # fmt: skip


# So few that ten thousand rows are dearer to read whole, even where pages are bloated.
MANY = 8


class Explaining:
    """Stands between the code and its connection: every statement is explained before it is carried out."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.read: list[tuple[str, str]] = []

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        await self._explain(sql, args)
        rows: Sequence[Any] = await self._raw.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await self._raw.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await self._raw.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> Any:
        if args:
            await self._explain(sql, args)
        return await self._raw.execute(sql, *args)

    def is_closed(self) -> bool:
        return bool(self._raw.is_closed())

    async def _explain(self, sql: str, args: Sequence[Any]) -> None:
        plan = await self._raw.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args)
        plan = json.loads(plan) if isinstance(plan, str) else plan
        for node in _nodes(plan[0]["Plan"]):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
                self.read.append((node["Relation Name"], sql))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


class ExplainingBegin(Begin):
    """Explains all that passes through its bare connections."""

    seen: list[tuple[str, str]]

    def __init__(self, database_url: str) -> None:
        # On an engine of its own: closing it must not close somebody else's pool.
        super().__init__(create_engine(database_url, pool_size=2))
        self.seen = []

    async def _bare(self) -> Any:
        connection, raw = await super()._bare()
        if isinstance(raw, Explaining):
            return connection, raw
        explaining = Explaining(raw)
        explaining.read = self.seen
        return connection, explaining


async def grown(begin: Begin, shop: Shop, owner_database_url: str, copies: int) -> int:
    """So many orders with all that was ever written of them."""
    await one_told_order(begin, shop)
    owner = Begin(create_engine(owner_database_url, pool_size=2))
    try:
        await multiply(owner, copies)
    finally:
        await owner.close()
    return copies


@pytest.fixture
async def history(begin: Begin, shop: Shop, owner_database_url: str) -> int:
    return await grown(begin, shop, owner_database_url, 10_000)


async def test_placing_orders_reads_no_table_whole(history: int, begin: Begin, shop: Shop, database_url: str) -> None:
    explaining = ExplainingBegin(database_url)
    now = SystemClock().now()
    fresh = [
        await placing(begin, shop, now, order_body(number=f"W-{n}"), key=f"n-{n}", fingerprint=b"f")
        for n in range(MANY)
    ]
    twins = [
        await placing(begin, shop, now, order_body(number=f"W-{n}"), key=f"m-{n}", fingerprint=b"f") for n in range(3)
    ]
    await place_orders(fresh, begin=explaining, now=now)
    await place_orders(twins, begin=explaining, now=now)
    await explaining.close()
    assert explaining.seen == []


async def test_what_stood_in_the_way_is_found_by_keys(history: int, begin: Begin, shop: Shop) -> None:
    async with begin.statement() as raw:
        explaining = Explaining(raw)
        await meetings(explaining, [Stopped(new_id(), shop.scope, f"W-{n}", f"k-{n}", b"f") for n in range(MANY)])  # type: ignore[arg-type]
    assert explaining.read == []


async def test_claiming_starting_and_settling_read_no_table_whole(
    history: int, begin: Begin, worker_begin: Begin, shop: Shop
) -> None:
    now = SystemClock().now()
    many = [await placing(begin, shop, now) for _ in range(MANY)]
    await place_orders(many, begin=begin, now=now)
    token, route = new_id(), Route(shop.id, "test", "email")
    exchange = Exchange(worker_begin, SystemClock())  # type: ignore[arg-type]
    exchange.connect(shop, "email", FakeSender())
    async with worker_begin.statement() as raw:
        explaining = Explaining(raw)
        assert route in await routes_with_work(explaining)  # type: ignore[arg-type]
        assert await route_with_suspect(Tx(None, explaining, None)) is None  # type: ignore[arg-type]
        claimed = await claim(explaining, Lease("w", token, 60, {route: MANY}))  # type: ignore[arg-type]
        assert len(claimed) == MANY
        pinned = Pinned(Content("text"), "order_confirmation", 1, "de")
        connection = exchange.connections[0]
        departures = [Departure(c, new_id(), connection, pinned.content, pinned) for c in claimed]
        held = await start(explaining, departures, token, now)  # type: ignore[arg-type]
        assert len(held) == MANY
    async with worker_begin.across() as tx:
        explaining_too = Explaining(tx.raw)
        tx.raw = explaining_too  # type: ignore[assignment]
        await settle(
            tx, [unattempted(c, Verdict("accepted", Done(), "done"), now, task=None) for c in claimed], now=now
        )
    assert explaining.read == []
    assert explaining_too.read == []


async def test_taking_in_callbacks_reads_no_table_whole(history: int, worker_begin: Begin, mailroom: Mailroom) -> None:
    by, now = await mailroom.connect("email"), SystemClock().now()
    async with worker_begin.across() as tx:
        attempts = await tx.raw.fetch("SELECT id, connection_id, recipient FROM attempts LIMIT $1", MANY)
        await tx.raw.execute("UPDATE connections SET id = $1 WHERE id = $2", attempts[0][1], by.connection_id)
    by, statuses = replace(by, connection_id=attempts[0][1]), ["delivered", "bounced"] * MANY
    events = [receipt(row["id"], status) for row, status in zip(attempts, statuses, strict=False)]
    events += [
        ProviderEvent("theirs", "receipt", "sent", "sent", provider_message_id="nobody-12345678.a.b"),
        ProviderEvent("words", "reply", "received", address=attempts[0]["recipient"], text="?"),
        ProviderEvent("number", "opt_out", "STOP", address="+15005550101"),
    ]
    sms = replace(by, channel="sms")
    callbacks = [[incoming(sms if event.key == "number" else by, event, now)] for event in events]
    async with worker_begin.across() as tx:
        explaining = Explaining(tx.raw)
        tx.raw = explaining  # type: ignore[assignment]
        assert len(await receive(tx, callbacks, now=now)) == MANY + 3
    assert explaining.read == []


async def test_looking_for_what_is_unsent_costs_by_what_is_late(history: int, worker_begin: Begin) -> None:
    async with worker_begin.across() as tx:
        explaining = Explaining(tx.raw)

        class One:
            def across(self) -> Any:
                return _Same(Tx(tx.connection, explaining, None))  # type: ignore[arg-type]

        await find_unsent(One(), SystemClock().now(), limit=timedelta(minutes=5))  # type: ignore[arg-type]
        await mark_overdue(One(), SystemClock().now())  # type: ignore[arg-type]
    assert explaining.read == []


class _Same:
    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def __aenter__(self) -> Tx:
        return self._tx

    async def __aexit__(self, *_: object) -> None:
        return None


async def test_a_seq_scan_would_be_noticed(history: int, begin: Begin) -> None:
    """The test's own test: a look-up without an index is told."""
    async with begin.statement() as raw:
        explaining = Explaining(raw)
        await explaining.fetch("SELECT id FROM orders WHERE customer_name = $1", "nobody")
    assert [table for table, _ in explaining.read] == ["orders"]


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_none_of_it_reads_a_table_whole_after_two_millions(
    begin: Begin, worker_begin: Begin, shop: Shop, mailroom: Mailroom, database_url: str, owner_database_url: str
) -> None:
    """All of the above, one after the other, because so much history takes minutes to write."""
    much = await grown(begin, shop, owner_database_url, int(os.environ.get("TIDINGS_TEST_HISTORY", "2000000")))
    await test_placing_orders_reads_no_table_whole(much, begin, shop, database_url)
    await test_what_stood_in_the_way_is_found_by_keys(much, begin, shop)
    await test_claiming_starting_and_settling_read_no_table_whole(much, begin, worker_begin, shop)
    await test_taking_in_callbacks_reads_no_table_whole(much, worker_begin, mailroom)
    await test_looking_for_what_is_unsent_costs_by_what_is_late(much, worker_begin)
    await test_a_seq_scan_would_be_noticed(much, begin)
