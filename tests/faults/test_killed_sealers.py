"""The trail is whole, whenever whoever seals it is killed, and however many do."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.fixtures.nursery import NurseryWorker
from tests.fixtures.processes import environment
from tests.fixtures.sealed import Trail
from tidings.records.heads import read_heads
from tidings.records.signing import new_signing_key

pytestmark = pytest.mark.faults

RECORDS = 2_000
KILLS = 3


async def sealed(trail: Trail) -> int:
    async with trail.worker.across() as tx:
        count: int = await tx.raw.fetchval("SELECT count(*) FROM record_seals WHERE storefront_id = $1", trail.shop.id)
    return count


async def until_sealed(trail: Trail, wanted: int) -> None:
    async with asyncio.timeout(60):
        while await sealed(trail) < wanted:
            await asyncio.sleep(0.02)


async def begun_and_killed(trail: Trail, env: dict[str, str], tmp_path: Path, after: float) -> None:
    """Two at once, which seal by turns; killed so long after the next batch."""
    workers = [NurseryWorker(env, tmp_path / "worker.log") for _ in range(2)]
    try:
        await until_sealed(trail, min(await sealed(trail) + 1, RECORDS))
        await asyncio.sleep(after)
    finally:
        for worker in workers:
            worker.kill()


async def test_sealers_killed_at_random_leave_a_trail_that_is_whole(
    trail: Trail, worker_database_url: str, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.jsonl"
    env = environment(
        worker_database_url,
        None,
        TIDINGS_RECORDS_KEYS=new_signing_key(),
        TIDINGS_RECORDS_HEADS_FILE=str(heads),
    )
    dice = random.Random(7)
    await trail.write_at_once(RECORDS)
    for _ in range(KILLS):
        await begun_and_killed(trail, env, tmp_path, dice.uniform(0, 0.2))
        found = await trail.verify()
        assert found.is_whole, found.findings
        await trail.write_at_once(500)
    last = NurseryWorker(env, tmp_path / "worker.log")
    try:
        await until_sealed(trail, RECORDS + KILLS * 500 + 1)
    finally:
        last.stop()
    held = read_heads(heads.read_text())
    found = await trail.verify(held)
    assert found.is_whole, found.findings
    assert (found.size, found.unsealed) == (RECORDS + KILLS * 500 + 1, 0)
    assert len(held) > KILLS


async def test_a_worker_seals_within_five_seconds_of_the_commit(
    trail: Trail, worker_database_url: str, tmp_path: Path
) -> None:
    env = environment(worker_database_url, None, TIDINGS_RECORDS_KEYS=new_signing_key())
    worker = NurseryWorker(env, tmp_path / "worker.log")
    try:
        await trail.write(1)
        await until_sealed(trail, 2)
        lags = []
        for _ in range(3):
            before = await sealed(trail)
            await trail.write(1)
            committed = asyncio.get_running_loop().time()
            await until_sealed(trail, before + 1)
            lags.append(asyncio.get_running_loop().time() - committed)
    finally:
        worker.stop()
    assert max(lags) < 5, lags
