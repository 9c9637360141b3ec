"""drain.vs_arq, drain.vs_pgqueuer, drain.queue_only: how fast a backlog leaves."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measure.counts import RECORDS, compare, counted
from benchmarks.measure.drain_sides import Drained, Jobs, Side, Tidings, drained, enqueue, fitting, seen
from benchmarks.results import Result
from benchmarks.stand.clone import clone
from benchmarks.stand.processes import ROOT, DidNotComeUp, Process

_BASELINES: Final = {"drain.vs_arq": "arq", "drain.vs_pgqueuer": "pgqueuer"}
_COMMANDS: Final = {
    "arq": ("-m", "arq", "benchmarks.baselines.arq_worker.WorkerSettings"),
    "pgqueuer": ("-m", "benchmarks.baselines.pgqueuer_worker", "sending"),
    "nothing": ("-m", "benchmarks.baselines.pgqueuer_worker", "idle"),
}
# What their logs say when they are up.
_SIGNS: Final = {"arq": "Starting worker", "pgqueuer": "working", "nothing": "working"}
_QUEUED: Final = 8_000


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The product's worker and those of the baselines, taking turns."""
    async with AsyncExitStack() as stack:
        database = await bench.database("drain")
        databases = {other: await bench.database(f"drain_{other}") for other in map(_BASELINES.__getitem__, names)}
        starts = (_baseline(bench, stack, other, where) for other, where in databases.items())
        started = await asyncio.gather(_product(bench, stack, database), *starts)
        sides: dict[str, Side] = {side.name: side for side in started}
        counts = {name: await fitting(bench, side) for name, side in sides.items()}
        await bench.stores.checkpoint()
        runs: dict[str, list[Drained]] = {name: [] for name in sides}
        for n in range(bench.options.repetitions):
            for name, side in sides.items():
                runs[name].append(await drained(bench, side, counts[name]))
                bench.say(f"  {n + 1}. {name}: {runs[name][-1].per_second:.0f} messages/s")
    await bench.forget("drain_arq", "drain_pgqueuer")
    return [
        Result(
            name,
            [run.per_second for run in runs["product"]],
            [run.per_second for run in runs[_BASELINES[name]]],
            detail={**seen("", runs["product"]), **seen("baseline_", runs[_BASELINES[name]])},
        )
        for name in names
    ]


async def _product(bench: Bench, stack: AsyncExitStack, database: str) -> Side:
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
    worker = await bench.product.work(database)
    stack.enter_context(worker)
    return Tidings(database, worker)


async def _baseline(bench: Bench, stack: AsyncExitStack, name: str, database: str) -> Side:
    if name == "pgqueuer":
        await install_pgqueuer(bench, database)
    return Jobs(database, await _worker(bench, stack, name, database), name)


async def _worker(bench: Bench, stack: AsyncExitStack, name: str, database: str) -> Process:
    process = Process(name, *_COMMANDS[name], env=_environment(bench, database))
    stack.enter_context(process)
    await process.comes_up(lambda: _SIGNS[name] in process.log.read_text("utf-8"))
    return process


def _environment(bench: Bench, database: str) -> dict[str, str]:
    # What pgqueuer's own command line reads.
    around = {"PGHOST": str(bench.stores.postgres.sockets), "PGUSER": "tidings_owner", "PGDATABASE": database}
    return bench.baseline_environment(database) | around


async def install_pgqueuer(bench: Bench, database: str) -> None:
    """Its tables, as its documentation has it: `pgq install`, `pgq autovac`."""
    for command in ("install", "autovac"):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pgqueuer", command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=bench.environment(_environment(bench, database)),
        )  # fmt: skip
        _, errors = await child.communicate()
        if child.returncode:
            message = f"pgq {command} failed:\n{errors.decode(errors='replace')[-2000:]}"
            raise DidNotComeUp(message)


async def measure_queue(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The queues alone: nothing is rendered, nothing is sent."""
    async with AsyncExitStack() as stack:
        database = await bench.database("queue")
        other = await bench.database("queue_pgqueuer", "bare")
        await install_pgqueuer(bench, other)
        await _worker(bench, stack, "nothing", other)
        count = round(min(_QUEUED, bench.options.seconds * 3000))
        own, theirs, detail = [], [], {}
        for n in range(bench.options.repetitions + 1):
            told, other_rate = (
                await _claimed_and_settled(bench, database, count),
                await _nothing_done(bench, other, count),
            )
            # The first one warms up.
            if n:
                own.append(told["count"] / told["seconds"])
                theirs.append(other_rate)
                detail = {f"{part}_us": round(told[part] / count * 1e6) for part in ("claiming", "settling")}
                bench.say(f"  {n}. product: {own[-1]:.0f}/s, pgqueuer: {other_rate:.0f}/s")
    await bench.forget("queue", "queue_pgqueuer")
    return [Result(name, own, theirs, detail={"messages": count, **detail}) for name in names]


async def _claimed_and_settled(bench: Bench, database: str, count: int) -> dict[str, float]:
    """How many were claimed and settled, and the seconds that it took."""
    each = {"messages WHERE status = 'sent'": 1, RECORDS: 1, "deadlines WHERE met_at IS NOT NULL": 1}
    async with bench.stores.admin(database) as connection:
        await clone(connection, bench.seed.copies(bench.seed.pending, count))
    before = await counted(bench, database, each)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.queue_only", cwd=ROOT, stdout=subprocess.PIPE,
        env=bench.environment(bench.baseline_environment(database)),
    )  # fmt: skip
    out, _ = await child.communicate()
    if child.returncode:
        message = "benchmarks.queue_only failed"
        raise DidNotComeUp(message)
    told: dict[str, float] = json.loads(out)
    compare("queue", before, await counted(bench, database, each), each, count)
    compare("queue", {"claimed": 0}, {"claimed": round(told["count"])}, {"claimed": 1}, count)
    return told


async def _nothing_done(bench: Bench, database: str, count: int) -> float:
    began = await enqueue(bench, database, "nothing", [[str(n)] for n in range(count)])
    async with bench.stores.admin(database) as connection, asyncio.timeout(120):
        while await connection.fetchval("SELECT EXISTS (SELECT FROM pgqueuer)"):  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(0.005)
    return count / (time.monotonic() - began)
