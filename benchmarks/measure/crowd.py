"""drain.slow_provider, drain.scaling, drain.isolation: what leaves when providers take their time."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measure.drain_sides import Drained, Tidings, drained, fitting, seen
from benchmarks.results import Result
from benchmarks.stand.clone import clone
from benchmarks.stand.processes import Process

_CONCURRENCY: Final = 200
# So that one worker needs a third of a core: 40 ms each, 20 at once.
_SCALING_CONCURRENCY: Final = 20
_HUNG: Final = 500

# Whatever still waits will not be sent any more.
GIVE_UP: Final = """
UPDATE messages SET status = 'cancelled' WHERE status IN ('pending', 'sending');
UPDATE deadlines SET cancelled_at = now() WHERE met_at IS NULL AND cancelled_at IS NULL;
DELETE FROM outbox;
"""


async def measure_slow(bench: Bench, names: Sequence[str]) -> list[Result]:
    """How much of what its concurrency allows a worker reaches."""
    database = await bench.database("drain")
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "slow"})
    with await bench.product.work(database, connection_concurrency=_CONCURRENCY) as worker:
        side = Tidings(database, worker, behaviour="slow")
        count = await fitting(bench, side)
        runs = []
        for n in range(bench.options.repetitions):
            runs.append(await drained(bench, side, count))
            bench.say(f"  {n + 1}. {runs[-1].middle_rate:.0f} messages/s")
    allowed = [_CONCURRENCY / run.mean_wait for run in runs]
    return [Result(name, [run.middle_rate for run in runs], allowed, detail={**seen("", runs)}) for name in names]


async def measure_scaling(bench: Bench, names: Sequence[str]) -> list[Result]:
    """A second worker beside the first."""
    database = await bench.database("drain")
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "even"})
    one: list[Drained] = []
    two: list[Drained] = []
    async with AsyncExitStack() as stack:
        side = Tidings(database, await _lane(bench, stack, database, "worker"), behaviour="even")
        count = await fitting(bench, side)
        for n in range(bench.options.repetitions):
            one.append(await drained(bench, side, count))
            async with AsyncExitStack() as second:
                await _lane(bench, second, database, "worker-2")
                two.append(await drained(bench, side, count * 2))
            bench.say(f"  {n + 1}. one: {one[-1].middle_rate:.0f} messages/s, two: {two[-1].middle_rate:.0f}")
    rates, alone = [run.middle_rate for run in two], [run.middle_rate for run in one]
    return [Result(name, rates, alone, detail={**seen("", one)}) for name in names]


async def _lane(bench: Bench, stack: AsyncExitStack, database: str, name: str) -> Process:
    worker = await bench.product.work(database, name, connection_concurrency=_SCALING_CONCURRENCY)
    stack.enter_context(worker)
    return worker


async def measure_isolation(bench: Bench, names: Sequence[str]) -> list[Result]:
    """Three shops' providers answer, a fourth's does not."""
    database = await bench.database("isolation")
    *well, ill = bench.seed.shops.values()
    behaviours = dict.fromkeys(well, "slow") | {ill: "hang"}
    await bench.provider.behave(bench.stores, database, behaviours)
    alone, beside, count = [], [], 0
    for n in range(bench.options.repetitions):
        worker = await bench.product.work(database)
        try:
            side = Tidings(database, worker, behaviour="slow", shops=well)
            count = count or await fitting(bench, side)
            alone.append(await drained(bench, side, count))
            beside.append(await _beside(bench, side, count))
        finally:
            # What hangs would hold it up for its whole grace period.
            worker.kill()
        async with bench.stores.admin(database) as connection:
            await connection.execute(GIVE_UP)
        bench.say(f"  {n + 1}. alone: {alone[-1].middle_rate:.0f} messages/s, beside: {beside[-1]:.0f}")
    await bench.forget("isolation")
    rates = [run.middle_rate for run in alone]
    return [Result(name, beside, rates, detail={**seen("", alone), "hung": _HUNG}) for name in names]


async def _beside(bench: Bench, side: Tidings, count: int) -> float:
    """The rate of the well ones while the ill one's messages wait, and hold all the places that they can get."""
    ill = list(bench.seed.shops.values())[-1]
    async with bench.stores.admin(side.database) as connection:
        await clone(connection, bench.seed.copies(bench.seed.pending, _HUNG, ill))
    bench.stores.ring()
    await bench.provider.reset()
    await side.lay_out(bench, count)
    await side.begin(bench)
    await bench.provider.until(side.behaviour, count)
    return float((await bench.provider.tally(side.behaviour))["middle_rate"])
