"""Queues are analysed when they are empty, too: a quiet night must not make the morning's rush slow."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import asyncpg
import pytest

from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import placing
from tests.fixtures.shop import Shop
from tidings.delivery.claim import Lease, claim
from tidings.delivery.ports import Content
from tidings.delivery.prepare import unattempted
from tidings.delivery.rules import Done, Verdict
from tidings.delivery.settle import settle
from tidings.delivery.start import Departure, Pinned, start
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id
from tidings.orders.place import place_orders
from tidings.outbox.claim import Route, routes_with_work
from tidings.outbox.fetch import Fetching, fetch_errands, finish_errand

BACKLOG = 3_000
TAKEN = 8

# Of many other orders of the same shop, behind what is taken.
_BACKLOG = {
    "outbox": """
        INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq)
        SELECT $1, gen_random_uuid(), 'test', gen_random_uuid(), 'email', 30000, 'customer', 1
        FROM generate_series(1, $2)
    """,
    "errands": """
        INSERT INTO errands (storefront_id, id, mode, order_id, kind, subject, due_at)
        SELECT $1, gen_random_uuid(), 'test', gen_random_uuid(), 'check_stock', 'ord_1', now() + interval '1 hour'
        FROM generate_series(1, $2)
    """,
}
_DUE = """
    INSERT INTO errands (storefront_id, id, mode, order_id, kind, subject, due_at)
    SELECT $1, gen_random_uuid(), 'test', gen_random_uuid(), 'check_stock', 'ord_1', now() - interval '1 hour'
    FROM generate_series(1, $2)
"""


@pytest.fixture
async def owner(owner_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(owner_database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def working(worker_database_url: str) -> AsyncIterator[Begin]:
    """As a worker connects."""
    begin = Begin(create_engine(worker_database_url, pool_size=2, by_index=True))
    yield begin
    await begin.close()


async def crowd(owner: asyncpg.Connection, shop: Shop, table: str, *, analysed: str) -> None:
    """A backlog, in a table that was analysed when nothing but dead rows was left of another, or now."""
    await owner.execute(_BACKLOG[table], shop.id, BACKLOG)
    await owner.execute(f"DELETE FROM {table}")
    await owner.execute(f"ANALYZE {table}")
    told = await owner.fetchrow("SELECT relpages, reltuples FROM pg_class WHERE oid = $1::regclass", table)
    assert (told["relpages"] > 0, told["reltuples"]) == (True, 0)
    await owner.execute(_BACKLOG[table], shop.id, BACKLOG)
    if analysed == "full":
        await owner.execute(f"ANALYZE {table}")


class Counting:
    """Stands between the code and its connection: sees how many rows of a table each part of a plan looks at."""

    def __init__(self, raw: Any, table: str) -> None:
        self._raw = raw
        self._table = table
        self.seen = 0
        self.too_many: list[str] = []

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        await self._look(sql, args)
        rows: Sequence[Any] = await self._raw.fetch(sql, *args)
        return rows

    async def fetchval(self, sql: str, *args: Any) -> Any:
        await self._look(sql, args)
        return await self._raw.fetchval(sql, *args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    async def _look(self, sql: str, args: Sequence[Any]) -> None:
        """Have it carried out, and undone."""
        inside = self._raw.is_in_transaction()
        await self._raw.execute("SAVEPOINT look" if inside else "BEGIN")
        plan = await self._raw.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args)
        await self._raw.execute("ROLLBACK TO look" if inside else "ROLLBACK")
        for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
            if node.get("Relation Name") == self._table:
                self.seen += 1
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                if rows > 2 * TAKEN:
                    self.too_many.append(
                        f"{rows} rows by {node['Node Type']} {node.get('Index Name')} ({node.get('Index Cond')}): {sql}"
                    )


class CountingBegin(Begin):
    """Counts in all that passes through its bare connections."""

    counting: Counting

    async def _bare(self) -> Any:
        connection, raw = await super()._bare()
        self.counting = Counting(raw, "errands")
        return connection, self.counting


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


@pytest.mark.parametrize("analysed", ["empty", "full"])
async def test_claiming_starting_and_settling_look_at_no_other_work(
    begin: Begin, working: Begin, shop: Shop, owner: asyncpg.Connection, analysed: str
) -> None:
    now = SystemClock().now()
    await place_orders([await placing(begin, shop, now) for _ in range(TAKEN)], begin=begin, now=now)
    async with begin.across() as tx:
        mine = await tx.raw.fetch("SELECT * FROM outbox")
    await crowd(owner, shop, "outbox", analysed=analysed)
    await owner.execute("INSERT INTO outbox SELECT * FROM unnest($1::outbox[])", [tuple(row) for row in mine])
    token, route = new_id(), Route(shop.id, "test", "email")
    exchange = Exchange(working, SystemClock())  # type: ignore[arg-type]
    exchange.connect(shop, "email", FakeSender())
    async with working.statement() as raw:
        counting = Counting(raw, "outbox")
        assert await routes_with_work(counting) == [route]  # type: ignore[arg-type]
        claimed = await claim(counting, Lease("w", token, 60, {route: TAKEN}))  # type: ignore[arg-type]
        assert len(claimed) == TAKEN
        pinned = Pinned(Content("text"), "order_confirmation", 1, "de")
        departures = [Departure(c, new_id(), exchange.connections[0], pinned.content, pinned) for c in claimed]
        assert len(await start(counting, departures, token, now)) == TAKEN  # type: ignore[arg-type]
    async with working.across() as tx:
        settling = Counting(tx.raw, "outbox")
        tx.raw = settling  # type: ignore[assignment]
        done = [unattempted(c, Verdict("accepted", Done(), "done"), now, task=None) for c in claimed]
        await settle(tx, done, now=now)
    assert counting.too_many + settling.too_many == []
    assert counting.seen > 4
    assert settling.seen > 1


@pytest.mark.parametrize("analysed", ["empty", "full"])
async def test_fetching_and_finishing_errands_look_at_no_other_errand(
    worker_database_url: str, working: Begin, shop: Shop, owner: asyncpg.Connection, analysed: str
) -> None:
    await crowd(owner, shop, "errands", analysed=analysed)
    await owner.execute(_DUE, shop.id, TAKEN)
    fetching = CountingBegin(create_engine(worker_database_url, pool_size=1, by_index=True))
    errands = await fetch_errands(fetching, SystemClock().now(), Fetching())
    await fetching.close()
    assert len(errands) == TAKEN
    async with working(errands[0].scope) as tx:
        finishing = Counting(tx.raw, "errands")
        tx.raw = finishing  # type: ignore[assignment]
        await finish_errand(tx, errands[0])
    assert fetching.counting.too_many + finishing.too_many == []
    assert fetching.counting.seen > 2
    assert finishing.seen
