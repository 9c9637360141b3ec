"""fair.confirmation_p99: one shop's import, and another shop's customers."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measure.wake import latencies
from benchmarks.results import Mismatch, Result
from benchmarks.stand.clone import clone
from benchmarks.stand.product import Api

# Some are sent while it is measured; there must never be fewer than 100,000.
_WAITING: Final = 115_000
_LEAST: Final = 100_000
_RATE: Final = 100.0
_UNDER_WAY_SECONDS: Final = 1.0


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The same confirmations, alone and beside an import that waits for a slow provider; a worker for each run."""
    shops = bench.seed.shops
    runs: dict[str, list[Mapping[str, float]]] = {"fair_empty": [], "fair_full": []}
    left = 0
    async with AsyncExitStack() as stack:
        apis: dict[str, Api] = {}
        for name in runs:
            database = await bench.database(name)
            await bench.provider.behave(bench.stores, database, {shops["shop"]: "instant", shops["second"]: "slow"})
        starts = [bench.product.serve(await bench.database(name), name) for name in runs]
        for name, api in zip(runs, await asyncio.gather(*starts), strict=True):
            apis[name] = api
            stack.enter_context(api.process)
        await _import(bench)
        for n in range(bench.options.repetitions):
            for name, api in apis.items():
                runs[name].append(await _run(bench, name, api))
                bench.say(f"  {n + 1}. {name}: p99 {runs[name][-1]['p99']:.1f} ms")
        left = await _left(bench)
        if left < _LEAST:
            message = f"only {left} messages of the import were left"
            raise Mismatch(message)
    await bench.forget(*runs)
    p99 = {name: [run["p99"] for run in each] for name, each in runs.items()}
    p50 = {f"{name}_p50_ms": round(each[0]["p50"], 2) for name, each in runs.items()}
    detail = {**p50, "left": left, "at_least": _LEAST}
    return [Result(name, p99["fair_full"], p99["fair_empty"], detail=detail) for name in names]


async def _run(bench: Bench, name: str, api: Api) -> Mapping[str, float]:
    worker = await bench.product.work(await bench.database(name))
    try:
        # It has just been started: caches fill, the import gets under way.
        await latencies(bench, api, bench.seed.shop, rate=_RATE, seconds=_UNDER_WAY_SECONDS)
        return await latencies(bench, api, bench.seed.shop, rate=_RATE, seconds=bench.options.seconds)
    finally:
        worker.stop()


async def _import(bench: Bench) -> None:
    await asyncio.gather(*(_imported(bench, count) for count in (_WAITING // 2, _WAITING - _WAITING // 2)))
    async with bench.stores.admin(await bench.database("fair_full")) as connection:
        await connection.execute("VACUUM ANALYZE")
    await bench.stores.checkpoint()


async def _imported(bench: Bench, count: int) -> None:
    async with bench.stores.admin(await bench.database("fair_full")) as connection:
        await clone(connection, bench.seed.copies(bench.seed.pending, count, bench.seed.shops["second"]))


async def _left(bench: Bench) -> int:
    async with bench.stores.admin(await bench.database("fair_full")) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM outbox"))
