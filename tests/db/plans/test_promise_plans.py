"""The watch and the reports reach their rows through indexes: what is due costs, not what is stored."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.db.plans.test_hot_plans import Explaining
from tests.fixtures.analysing import Analysing
from tests.fixtures.history import one_told_order
from tests.fixtures.shop import Shop
from tidings.deadlines.watch import STAGES, DueClock, Stage, Warnings, clocks_due, mark_told
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin, Tx
from tidings.kit.engine import create_engine
from tidings.reports.business_clock import BusinessClock
from tidings.reports.schemas import Group
from tidings.reports.service_levels import Asked, service_levels

pytestmark = pytest.mark.timeout(120)

WARNINGS = Warnings({"order_confirmation": timedelta(minutes=15), "change_decided": timedelta(hours=4)})
INDEX: dict[Stage, set[str]] = {
    "warned": {"ix_deadlines_running"},
    "missed": {"ix_deadlines_running", "ix_deadlines_late"},
    "escalated": {"ix_deadlines_missed"},
}
# Due of each stage, among all that is stored.
DUE = 20


class Planned(Explaining):
    """Keeps what each statement's plan reads, by which index."""

    def __init__(self, raw: Any) -> None:
        super().__init__(raw)
        self.indexes: list[str] = []
        self.plans: list[str] = []

    async def _explain(self, sql: str, args: Sequence[Any]) -> None:
        await super()._explain(sql, args)
        plan = await self._raw.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args)
        text = plan if isinstance(plan, str) else json.dumps(plan)
        self.plans.append(text)
        self.indexes += [name for name in _ALL if f'"{name}"' in text]


_ALL = ("ix_deadlines_running", "ix_deadlines_late", "ix_deadlines_missed", "pk_deadlines")


@pytest.fixture
async def history(begin: Begin, shop: Shop, owner_database_url: str) -> int:
    """Ten thousand promises that were kept, and some that are due."""
    return await promises(begin, shop, owner_database_url, 10_000)


async def promises(begin: Begin, shop: Shop, owner_database_url: str, copies: int) -> int:
    """So many promises of as many orders, older and older; the orders themselves are not looked at."""
    await one_told_order(begin, shop)
    owner = Begin(create_engine(owner_database_url, pool_size=1))
    async with owner.across() as tx:
        await tx.raw.execute("SET LOCAL statement_timeout = 0")
        await tx.raw.execute(f"""
            INSERT INTO deadlines (storefront_id, order_id, id, mode, kind, dedupe_key, started_at, due_at,
                                   met_at, met_by)
            SELECT storefront_id, gen_random_uuid(), gen_random_uuid(), mode, kind, dedupe_key,
                   started_at - n * interval '1 minute', due_at - n * interval '1 minute',
                   met_at - n * interval '1 minute', met_by
            FROM deadlines, generate_series(1, {copies}) AS n
        """)
    await owner.close()
    await make_due(owner_database_url)
    return copies


async def make_due(owner_database_url: str) -> None:
    """Some of the promises stand before each stage."""
    owner, now = Begin(create_engine(owner_database_url, pool_size=1)), SystemClock().now()
    hour = timedelta(hours=1)
    columns: list[dict[str, datetime | None]] = [
        {"due_at": now + hour / 10, "started_at": now - hour},
        {"due_at": now - hour, "started_at": now - 2 * hour},
        {"due_at": now - hour, "missed_at": now, "escalates_at": now},
        {"due_at": now - 2 * hour, "met_at": now - hour},
    ]
    async with owner.across() as tx:
        rows = await tx.raw.fetch("SELECT id FROM deadlines LIMIT $1", DUE * len(columns))
        for n, changes in enumerate(columns):
            wanted: dict[str, datetime | None] = {"met_at": None, **changes}
            sets = ", ".join(f"{name} = ${m}" for m, name in enumerate(wanted, start=2))
            ids = [row["id"] for row in rows[n * DUE : (n + 1) * DUE]]
            await tx.raw.execute(f"UPDATE deadlines SET {sets} WHERE id = ANY($1)", ids, *wanted.values())
    async with owner.statement() as connection:
        await connection.execute("ANALYZE deadlines")
    await owner.close()


async def test_the_watch_and_the_reports_read_no_table_whole(
    history: int, begin: Begin, worker_begin: Begin, shop: Shop, owner_database_url: str
) -> None:
    """One after the other, because so much history takes its time to write."""
    for stage in STAGES:
        await look_walks_what_is_due_and_nothing_else(worker_begin, stage)
        await clock_is_marked_through_its_primary_key(worker_begin, stage)
    await grow_old(owner_database_url)
    groups: tuple[Group, ...] = ("kind", "channel")
    for group in groups:
        await report_reads_its_range_by_the_primary_key(begin, shop, group)


async def look_walks_what_is_due_and_nothing_else(worker_begin: Begin, stage: Stage) -> None:
    async with worker_begin.across() as tx:
        planned = Planned(tx.raw)
        tx.raw = planned  # type: ignore[assignment]
        found = await clocks_due(tx.raw, stage, SystemClock().now(), WARNINGS, most=200)
    assert len(found) >= (2 * DUE if stage == "missed" else DUE)
    assert planned.read == []
    assert set(planned.indexes) == INDEX[stage]


async def clock_is_marked_through_its_primary_key(worker_begin: Begin, stage: Stage) -> None:
    now = SystemClock().now()
    async with worker_begin.across() as tx:
        clock: DueClock = (await clocks_due(tx.raw, stage, now, WARNINGS, most=1))[0]
        planned = Planned(tx.raw)
        tx.raw = planned  # type: ignore[assignment]
        assert await mark_told(tx, stage, clock, now, escalates_after=timedelta(minutes=30)) is not None
    assert planned.read == []


async def grow_old(owner_database_url: str) -> None:
    """Copies' ids are random: all but a few are made older than the range of a report, as in life."""
    owner = Begin(create_engine(owner_database_url, pool_size=1))
    older = "UPDATE deadlines SET id = ('00000000-' || substr(id::text, 10))::uuid WHERE met_at IS NOT NULL"
    async with owner.statement() as connection:
        await connection.execute(older)
        await connection.execute("ANALYZE deadlines")
    await owner.close()


async def report_reads_its_range_by_the_primary_key(begin: Begin, shop: Shop, group: Group) -> None:
    now = SystemClock().now()
    asked = Asked(now - timedelta(days=7), now, "day", group, "Europe/Berlin")
    clock = BusinessClock([now - timedelta(days=8)], [20_000.0], [0.0])
    async with begin.reading(shop.scope) as tx:
        planned = Planned(tx.raw)
        await service_levels(_over(tx, planned), asked, clock, now=now)
    assert planned.read == []
    assert "pk_deadlines" in planned.indexes


def _over(tx: Tx, raw: Any) -> Tx:
    return Tx(tx.connection, raw, tx.scope)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_the_watch_costs_the_same_after_a_million_orders(
    begin: Begin, worker_begin: Begin, shop: Shop, owner_database_url: str
) -> None:
    """Prints the plans with what was really read."""
    much = await promises(begin, shop, owner_database_url, int(os.environ.get("TIDINGS_TEST_HISTORY", "1000000")))
    for stage in STAGES:
        await look_walks_what_is_due_and_nothing_else(worker_begin, stage)
        async with worker_begin.across() as tx:
            analysed = Analysing(tx.raw)
            tx.raw = analysed  # type: ignore[assignment]
            await clocks_due(tx.raw, stage, SystemClock().now(), WARNINGS, most=200)
        sys.stderr.write(f"\n{stage}, {much} orders:\n{analysed.told}\n")
        assert analysed.blocks < 1000
