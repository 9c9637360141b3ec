"""Who drains: tidings' worker, or a baseline's; each with its database, and how its work is laid out."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, Protocol

from benchmarks.bench import Bench
from benchmarks.measure.counts import OF_A_SEND, compare, counted
from benchmarks.stand.clone import clone
from benchmarks.stand.processes import ROOT, DidNotComeUp, Process
from benchmarks.stand.seed import Shop

_PATIENCE: Final = 60.0
_LOOK_SECONDS: Final = 0.005
_FIRST: Final = 300
_LEAST: Final = 200
_MOST: Final = 40_000
# Counted beside the rows: what was told is told, and its clock stopped.
_TOLD: Final = {**OF_A_SEND, "messages WHERE status = 'sent'": 1, "deadlines WHERE met_at IS NOT NULL": 1}
_OWED: Final = """
SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM messages WHERE status IN ('pending', 'sending'))
"""


@dataclass(frozen=True, slots=True)
class Drained:
    """One backlog, drained."""

    count: int
    per_second: float
    # In the middle of the crowd, as the provider saw it.
    middle_rate: float
    # The mean of the provider's own latency.
    mean_wait: float
    # Microseconds for each message.
    worker_us: float
    postgres_us: float


class Side(Protocol):
    """A worker and what it works on."""

    name: str
    database: str
    process: Process
    behaviour: str

    async def lay_out(self, bench: Bench, count: int) -> None:
        """So many messages are owed."""
        ...

    async def begin(self, bench: Bench) -> float | None:
        """The worker is told; the moment of it, or None where the first send counts instead."""
        ...


@dataclass(slots=True)
class Tidings:
    """`tidings worker`."""

    database: str
    process: Process
    name: str = "product"
    behaviour: str = "instant"
    shops: Sequence[Shop] = ()

    async def lay_out(self, bench: Bench, count: int) -> None:
        """Into the outbox, shared evenly among the shops."""
        shops = self.shops or (bench.seed.shop,)
        async with bench.stores.admin(self.database) as connection:
            for shop in shops:
                await clone(connection, bench.seed.copies(bench.seed.pending, count // len(shops), shop))

    async def begin(self, bench: Bench) -> float | None:
        """One ring of the bell."""
        began = time.monotonic()
        bench.stores.ring()
        return began


@dataclass(slots=True)
class Jobs:
    """A baseline with a job for each message."""

    database: str
    process: Process
    name: str
    behaviour: str = "instant"
    owed: Sequence[Sequence[str]] = ()

    async def lay_out(self, bench: Bench, count: int) -> None:
        """The rows, without an outbox."""
        async with bench.stores.admin(self.database) as connection:
            copies = bench.seed.copies(bench.seed.pending, count, without=frozenset({"outbox"}))
            await clone(connection, copies)
            rows = await connection.fetch("SELECT order_id, id FROM messages WHERE status = 'pending' ORDER BY id")
        self.owed = [[str(row["order_id"]), str(row["id"])] for row in rows]

    async def begin(self, bench: Bench) -> float | None:
        """The jobs."""
        await enqueue(bench, self.database, self.name, self.owed)
        return None


async def enqueue(bench: Bench, database: str, kind: str, jobs: Sequence[Sequence[str]]) -> float:
    """Give a baseline's worker its jobs; the moment at which it could begin."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.baselines.enqueue", kind, cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env=bench.environment(bench.baseline_environment(database)),
    )  # fmt: skip
    out, _ = await child.communicate(json.dumps(jobs).encode())
    if child.returncode:
        message = f"the jobs for {kind} could not be enqueued"
        raise DidNotComeUp(message)
    return float(out)


async def drained(
    bench: Bench, side: Side, count: int, *, around: AbstractAsyncContextManager[object] | None = None
) -> Drained:
    """Lay out so many messages and wait until all are sent and settled; that wait is put into `around`."""
    before = await counted(bench, side.database, _TOLD)
    await bench.provider.reset()
    await side.lay_out(bench, count)
    meter = await bench.meter(side.process)
    async with around or nullcontext():
        began = await side.begin(bench)
        ended = await _settled(bench, side.database, side.behaviour, count)
    tally = await bench.provider.tally(side.behaviour)
    worker_us, postgres_us = meter.per(count)
    compare(side.name, before, await counted(bench, side.database, _TOLD), _TOLD, count)
    compare(f"{side.name}: sends", {"sends": 0}, {"sends": tally["count"]}, {"sends": 1}, count)
    return Drained(
        count=count,
        per_second=count / (ended - (began or tally["first"])),
        middle_rate=tally["middle_rate"],
        mean_wait=tally["mean_wait"],
        worker_us=worker_us,
        postgres_us=postgres_us,
    )


async def fitting(bench: Bench, side: Side) -> int:
    """How many messages keep a side busy for the asked time; a first, small backlog warms it up and tells."""
    first = await drained(bench, side, _FIRST)
    wanted = max(first.per_second, first.middle_rate) * bench.options.seconds
    shops = len(getattr(side, "shops", ())) or 1
    return round(min(max(wanted, _LEAST), _MOST) / shops) * shops


async def _settled(bench: Bench, database: str, behaviour: str, count: int) -> float:
    """The moment at which nothing is owed any more."""
    await bench.provider.until(behaviour, count)
    async with asyncio.timeout(_PATIENCE), bench.stores.admin(database) as connection:
        while await connection.fetchval(_OWED):  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(_LOOK_SECONDS)
        return time.monotonic()


def seen(prefix: str, runs: Sequence[Drained]) -> Mapping[str, Any]:
    """CPU time for each message, in the middle of the runs."""
    return {
        f"{prefix}worker_us": _middle([run.worker_us for run in runs]),
        f"{prefix}postgres_us": _middle([run.postgres_us for run in runs]),
        f"{prefix}messages": runs[0].count,
    }


def _middle(figures: Sequence[float]) -> float:
    return float(f"{sorted(figures)[len(figures) // 2]:.4g}")
