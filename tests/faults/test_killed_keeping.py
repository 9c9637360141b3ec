"""Whoever prunes or erases is killed: what was done is whole, and the next one goes on."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.faults.test_killed_errands import until, working
from tests.fixtures.facts import told
from tests.fixtures.privacy import EMAIL, Left, her_order
from tests.fixtures.processes import ROOT, environment
from tests.fixtures.shop import Shop
from tests.fixtures.steps import did, placed
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.retention.map import SLICES
from tidings.retention.run import run_retention

pytestmark = pytest.mark.faults

ORDERS = 50
# Of the rows in which the round is killed.
KINDS = {"contents": "content", "messages": "communications", "orders": "orders"}

# A round far in the future, of one order at a time, so that it can be killed between any two; of the kind that it is
# killed over it takes its time, so that whoever looks on sees it half done.
ROUND = """
import asyncio, sys
from datetime import timedelta
from uuid import UUID
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.scope import Scope
from tidings.retention import prune_kind, run
from tidings.retention.map import SLICES
url, shop, slow = sys.argv[1:]
async def slowly(tx, kind, *given):
    if kind == slow:
        await asyncio.sleep(0.05)
    return await prune_kind.prune_batch(tx, kind, *given)
prune_kind.AT_ONCE, run.prune_batch = 1, slowly
now = SystemClock().now() + timedelta(days=2000)
begin, scope = Begin(create_engine(url, pool_size=2)), Scope(UUID(shop), "test")
asyncio.run(run.run_retention(begin, scope, SLICES, actor="tests", now=now))
"""


@pytest.fixture
def retention_url(postgres: Postgres, database: str, database_url: str) -> str:
    return postgres.url("tidings_retention", database)


@pytest.mark.parametrize("table", KINDS)
async def test_a_round_that_is_killed_is_gone_on_with(
    begin: Begin, keeper: Begin, shop: Shop, api: httpx.AsyncClient, retention_url: str, table: str
) -> None:
    for _ in range(ORDERS):
        await placed(api)
    async with begin.across() as tx:
        await tx.raw.execute("""
            INSERT INTO contents (storefront_id, order_id, message_id, channel, template, version, locale, text, extras,
                                  rendered_at)
            SELECT storefront_id, order_id, id, channel, milestone, 1, 'de', 'Hello', '{}', now() FROM messages
        """)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ROUND, retention_url, str(shop.id), KINDS[table], cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    await until(begin, f"SELECT count(*) BETWEEN 1 AND {ORDERS - 3} FROM {table}", wanted=True)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    # Of an order, what belongs together is there together, or gone together.
    halves = """
        SELECT count(*) FROM orders o WHERE EXISTS (SELECT FROM messages m WHERE m.order_id = o.id)
        AND NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id)
    """
    ((found,),) = [tuple(row.values()) for row in await told(begin, halves)]
    assert found == 0
    later = SystemClock().now() + timedelta(days=2000)
    await run_retention(keeper, shop.scope, SLICES, actor="tests", now=later)
    for gone in ("contents", "messages", "events", "order_lines", "orders", "outbox"):
        assert await told(begin, f"SELECT count(*) AS n FROM {gone}") == [{"n": 0}], gone
    # One round, told of once, with all that went in both of its halves.
    ((outcome,),) = [tuple(row.values()) for row in await told(begin, "SELECT outcome FROM retention_runs")]
    assert (outcome["orders"]["orders"], outcome["content"]["rows"]) == (ORDERS, ORDERS)
    assert await told(begin, "SELECT count(*) AS n FROM records WHERE kind = 'retention.ran'") == [{"n": 1}]


async def make_due(begin: Begin) -> None:
    """Whoever wanted to be forgotten has waited the minute after which it begins."""
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE errands SET due_at = now() WHERE kind = 'erase_person'")


async def test_a_worker_that_is_killed_while_it_erases_is_followed_by_one_that_finishes(
    begin: Begin, api: httpx.AsyncClient, worker_database_url: str, retention_url: str, left: Left, tmp_path: Path
) -> None:
    for _ in range(ORDERS):
        await her_order(api)
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL}))
    await make_due(begin)
    env = environment(worker_database_url, None, TIDINGS_DATABASE_RETENTION_URL=retention_url)
    with working(env, tmp_path / "log") as worker:
        await until(begin, "SELECT count(*) >= 20 FROM erased_orders", wanted=True)
        worker.kill()
    async with begin.across() as tx:
        # The lease of a minute is over.
        await tx.raw.execute("UPDATE errands SET lease_until = now() WHERE lease_until IS NOT NULL")
    with working(env, tmp_path / "log"):
        await until(begin, "SELECT status FROM erasures", "done")
    assert (await did(await api.get(f"/v1/erasures/{asked['id']}")))["erased"]["orders"] == ORDERS
    assert await left() == []
    assert await told(begin, "SELECT count(*) AS n FROM records WHERE kind = 'order.erased'") == [{"n": ORDERS}]
