"""Workers seal all the time."""

import asyncio
import time
from datetime import timedelta

import pytest
from structlog.testing import CapturingLogger

from tests.fixtures.sealed import Trail
from tidings.records import sealer
from tidings.records.heads import SignedHead
from tidings.records.sealer import run_sealer


async def test_sealing_lags_behind_the_commit_by_five_seconds_at_most(trail: Trail) -> None:
    seen: list[tuple[float, SignedHead]] = []
    # Whatever the sweep is set to.
    work = run_sealer(
        trail.worker,
        trail.clock,
        trail.signer,
        every=timedelta(hours=1),
        publish=lambda head: seen.append((time.monotonic(), head)),
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        await asyncio.sleep(0.2)
        for _ in range(2):
            before = len(seen)
            await trail.write(1)
            committed = time.monotonic()
            while len(seen) == before:
                await asyncio.sleep(0.02)
            assert seen[before][0] - committed < 5
        task.cancel()
    assert [head.head.sequence for _, head in seen] == list(range(1, len(seen) + 1))


async def test_without_a_key_nothing_is_sealed_and_that_is_told(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    log = CapturingLogger()
    monkeypatch.setattr(sealer, "log", log)
    await trail.write(1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(run_sealer(trail.worker, trail.clock, None, every=timedelta(seconds=1)))
        await asyncio.sleep(0.1)
        task.cancel()
    assert [call.args[0] for call in log.calls] == ["seal.no_key"]
    assert (await trail.verify()).unsealed == 1
