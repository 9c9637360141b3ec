"""history.flat: the same work after much history, and after little."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measure.crowd import GIVE_UP
from benchmarks.measure.drain_sides import Tidings, drained, fitting
from benchmarks.measure.intake import Side, run
from benchmarks.results import Result
from benchmarks.stand.seed import add_history

_LITTLE: Final = 10_000
_MUCH: Final = 200_000
_MUCH_LONG: Final = 2_000_000


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """Intake first, and then the drain; the one that suffers more is the row."""
    much = _MUCH_LONG if bench.options.is_long else _MUCH
    databases = {}
    for name, messages in (("little", _LITTLE), ("much", much)):
        databases[name] = await bench.database(f"history_{name}", "bare")
        bench.say(f"  making {messages:,} delivered messages …")
        await add_history(bench.product, databases[name], bench.seed, messages)
    pairs = {"intake": await _intake(bench, databases), "drain": await _drain(bench, databases)}
    results = [_result(names[0], part, pair) for part, pair in pairs.items()]
    worse = min(results, key=lambda result: result.ratio or 0.0)
    worse.detail |= {result.detail["part"]: round(result.ratio or 0.0, 3) for result in results} | {"messages": much}
    await bench.forget("history_little", "history_much")
    return [worse]


async def _intake(bench: Bench, databases: dict[str, str]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in databases}
    async with AsyncExitStack() as stack:
        sides = {}
        starts = (bench.product.serve(database, f"history-{name}") for name, database in databases.items())
        for (name, database), api in zip(databases.items(), await asyncio.gather(*starts), strict=True):
            stack.enter_context(api.process)
            sides[name] = Side(name, api, database)
            await run(bench, sides[name], seconds=bench.options.warm_up * 2)
        for n in range(bench.options.repetitions):
            for name, side in sides.items():
                told = await run(bench, side, seconds=bench.options.seconds)
                rates[name].append(told.figures["per_second"])
            bench.say(f"  {n + 1}. orders/s: {_words(rates)}")
    for database in databases.values():
        async with bench.stores.admin(database) as connection:
            await connection.execute(GIVE_UP)
            await connection.execute("VACUUM ANALYZE")
    return rates


async def _drain(bench: Bench, databases: dict[str, str]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in databases}
    async with AsyncExitStack() as stack:
        sides, count = {}, 0
        for name, database in databases.items():
            await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
            worker = await bench.product.work(database, f"history-{name}-worker")
            stack.enter_context(worker)
            sides[name] = Tidings(database, worker, name)
            count = max(count, await fitting(bench, sides[name]))
        for n in range(bench.options.repetitions):
            for name, side in sides.items():
                rates[name].append((await drained(bench, side, count)).per_second)
            bench.say(f"  {n + 1}. messages/s: {_words(rates)}")
    return rates


def _result(name: str, part: str, rates: dict[str, list[float]]) -> Result:
    return Result(name, rates["much"], rates["little"], detail={"part": part})


def _words(rates: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {each[-1]:.0f}" for name, each in rates.items())
