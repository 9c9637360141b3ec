"""A batch is sealed for what it holds, also when the planner knows nothing of records as young as these."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.fixtures.analysing import Analysing
from tests.fixtures.sealed import Trail
from tidings.kit.db import Begin, Tx
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id
from tidings.records.seal import seal_batch, storefronts_with_news

BATCH = 400
# A few index pages for each record; one look for each record and order of the batch would be a hundred times as many.
BLOCKS_OF_A_RECORD = 8
MOST_OF_A_LOOK = 50


class AnalysingBegin(Begin):
    """Tells what the statements of its transactions touch."""

    analysed: Analysing

    @asynccontextmanager
    async def across(self) -> AsyncIterator[Tx]:
        async with super().across() as tx:
            self.analysed = Analysing(tx.raw)
            tx.raw = self.analysed  # type: ignore[assignment]
            yield tx

    @asynccontextmanager
    async def statement(self):
        async with super().statement() as connection:
            self.analysed = Analysing(connection)
            yield self.analysed


async def by_owner(url: str, sql: str) -> None:
    owner = Begin(create_engine(url, pool_size=1))
    async with owner.statement() as connection:
        await connection.execute(sql)
    await owner.close()


@pytest.mark.parametrize("is_analysed", [False, True], ids=["fresh-tables", "analysed-tables"])
async def test_sealing_costs_by_the_records_of_the_batch(
    trail: Trail, worker_database_url: str, owner_database_url: str, *, is_analysed: bool
) -> None:
    # What other tests have left in the indexes is read through first.
    await by_owner(owner_database_url, "VACUUM records, record_seals, record_logs")
    await trail.write_at_once(1_000)
    await trail.seal()
    if is_analysed:
        await by_owner(owner_database_url, "ANALYZE records, record_seals, record_logs")
    trail.orders[:] = [new_id() for _ in range(BATCH // 4)]
    await trail.write_at_once(BATCH)
    watching = AnalysingBegin(create_engine(worker_database_url, pool_size=1, by_index=True))
    async with asyncio.timeout(10):
        # A transaction of Postgres's own may be in the way.
        while await storefronts_with_news(watching) != [trail.shop.id]:
            await asyncio.sleep(0.02)
    assert watching.analysed.blocks < MOST_OF_A_LOOK, watching.analysed.told
    sealed = await seal_batch(watching, trail.shop.id, trail.signer, now=trail.clock.now())
    assert sealed.records == BATCH
    assert watching.analysed.blocks < BLOCKS_OF_A_RECORD * BATCH, watching.analysed.told
    await watching.close()
