"""The watch and the reports reach their rows through indexes: what is due costs, not what is stored."""

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.db.plans.test_hot_plans import Explaining, grown
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
    many = await grown(begin, shop, owner_database_url, 10_000)
    await make_due(owner_database_url)
    return many


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


@pytest.mark.parametrize("stage", STAGES)
async def test_a_look_walks_what_is_due_and_nothing_else(history: int, worker_begin: Begin, stage: Stage) -> None:
    now = SystemClock().now()
    async with worker_begin.across() as tx:
        planned = Planned(tx.raw)
        tx.raw = planned  # type: ignore[assignment]
        found = await clocks_due(tx, stage, now, WARNINGS, most=200)
    assert len(found) == (2 * DUE if stage == "missed" else DUE)
    assert planned.read == []
    assert set(planned.indexes) == INDEX[stage]


@pytest.mark.parametrize("stage", STAGES)
async def test_a_clock_is_marked_through_its_primary_key(history: int, worker_begin: Begin, stage: Stage) -> None:
    now = SystemClock().now()
    async with worker_begin.across() as tx:
        clock: DueClock = (await clocks_due(tx, stage, now, WARNINGS, most=1))[0]
        planned = Planned(tx.raw)
        tx.raw = planned  # type: ignore[assignment]
        assert await mark_told(tx, stage, clock, now, escalates_after=timedelta(minutes=30)) is not None
    assert planned.read == []


@pytest.mark.parametrize("group", ["kind", "channel"])
async def test_a_report_reads_its_range_by_the_primary_key(
    history: int, begin: Begin, shop: Shop, owner_database_url: str, group: Group
) -> None:
    """The copies' ids are random; those of the range are made times again, as in life."""
    now = SystemClock().now()
    asked = Asked(now - timedelta(days=7), now, "day", group, "Europe/Berlin")
    owner = Begin(create_engine(owner_database_url, pool_size=1))
    async with owner.across() as tx:
        # All but a few are older than the range.
        await tx.raw.execute(
            "UPDATE deadlines SET id = ('00000000-' || substr(id::text, 10))::uuid WHERE due_at > $1", now
        )
    async with owner.statement() as connection:
        await connection.execute("ANALYZE deadlines")
    await owner.close()
    async with begin.reading(shop.scope) as tx:
        planned = Planned(tx.raw)
        await service_levels(
            _over(tx, planned), asked, BusinessClock([now - timedelta(days=8)], [20_000.0], [0.0]), now=now
        )
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
    much = await grown(begin, shop, owner_database_url, int(os.environ.get("TIDINGS_TEST_HISTORY", "1000000")))
    await make_due(owner_database_url)
    for stage in STAGES:
        await test_a_look_walks_what_is_due_and_nothing_else(much, worker_begin, stage)
        async with worker_begin.across() as tx:
            analysed = _Analysing(tx.raw)
            tx.raw = analysed  # type: ignore[assignment]
            await clocks_due(tx, stage, SystemClock().now(), WARNINGS, most=200)
        print(f"\n{stage}, {much} orders:\n{analysed.told}")
        assert analysed.blocks < 1000


class _Analysing:
    """Carries each statement out under EXPLAIN ANALYZE first."""

    def __init__(self, raw: Any) -> None:
        self._raw, self.told, self.blocks = raw, "", 0

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        rows = await self._raw.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *arguments)
        self.told = "\n".join(row[0] for row in rows)
        plan = await self._raw.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
        top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
        self.blocks = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        return await self._raw.fetch(sql, *arguments)
