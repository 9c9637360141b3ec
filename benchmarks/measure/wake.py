"""wake.*: how soon a message leaves after its order, and what waiting costs."""

import asyncio
import time
from array import array
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.load.requests import PHONE, PHONES
from benchmarks.load.run import percentiles
from benchmarks.measure.counts import all_answered
from benchmarks.results import Mismatch, Result
from benchmarks.stand.processes import load
from benchmarks.stand.product import Api
from benchmarks.stand.seed import Shop

_RATE: Final = 200.0
_CONNECTIONS: Final = 32
_SPAN: Final = 1_000_000
# What a start leaves behind (caches, first looks) is over.
_SETTLES_SECONDS: Final = 1.0
_LEAST_IDLE_SECONDS: Final = 4.0


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """From an order's 201, as its storefront sees it, to the first byte at the provider."""
    runs = []
    async with AsyncExitStack() as stack:
        database = await bench.database("wake")
        await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
        api = await bench.product.serve(database)
        stack.enter_context(api.process)
        stack.enter_context(await bench.product.work(database))
        await latencies(bench, api, bench.seed.shop, rate=_RATE / 2, seconds=1)
        await bench.stores.checkpoint()
        for n in range(bench.options.repetitions):
            runs.append(await latencies(bench, api, bench.seed.shop, rate=_RATE, seconds=bench.options.seconds))
            bench.say(f"  {n + 1}. {_words(runs[-1])}")
    await bench.forget("wake")
    detail = {figure: round(runs[0][figure], 2) for figure in ("p50", "p95", "max")}
    return [Result(name, [run["p99"] for run in runs], detail=detail) for name in names]


async def latencies(bench: Bench, api: Api, shop: Shop, *, rate: float, seconds: float) -> Mapping[str, float]:
    """Orders at a rate, and how long after each one's 201 its confirmation came to the `instant` provider."""
    await bench.provider.reset()
    told = await load(
        kind="orders", port=api.port, key=shop.key, connections=_CONNECTIONS, seconds=seconds, rate=rate,
        warm_up=bench.options.warm_up, first=bench.seed.take(_SPAN), moments=True,
    )  # fmt: skip
    await bench.provider.until("instant", all_answered("wake", told["statuses"], 201))
    arrivals = await bench.provider.arrivals("instant")
    return percentiles(array("d", _waits(told, arrivals)))


def _waits(told: Mapping[str, Any], arrivals: Mapping[str, float]) -> list[float]:
    waits = []
    for serial, moment in told["moments"].items():
        arrived = arrivals.get(f"{PHONE[1:]}{int(serial) % PHONES:07}")
        if arrived is None:
            message = f"the confirmation of order {serial} did not come"
            raise Mismatch(message)
        # The send may start before the storefront has read its answer.
        waits.append(max(0.0, arrived - moment))
    return waits


async def measure_idle(bench: Bench, names: Sequence[str]) -> list[Result]:
    """A worker with nothing to do."""
    database, shares = await bench.database("drain"), []
    seconds = max(_LEAST_IDLE_SECONDS, bench.options.seconds)
    with await bench.product.work(database) as worker:
        await asyncio.sleep(_SETTLES_SECONDS)
        for n in range(bench.options.repetitions):
            before, began = worker.cpu_seconds(), time.monotonic()
            await asyncio.sleep(seconds)
            shares.append((worker.cpu_seconds() - before) / (time.monotonic() - began))
            bench.say(f"  {n + 1}. {shares[-1] * 100:.2f} % of a core")
    return [Result(name, shares) for name in names]


def _words(run: Mapping[str, float]) -> str:
    return f"p50 {run['p50']:.1f} ms, p99 {run['p99']:.1f} ms"
