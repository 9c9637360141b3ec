"""memory.*: an hour's orders, as fast as they are taken, and what the processes hold before and after."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.measure.counts import OF_AN_ORDER, RECORDS, all_answered, compare, counted
from benchmarks.measure.intake import CONNECTIONS
from benchmarks.results import Result
from benchmarks.stand.processes import Process, load
from benchmarks.stand.product import Api

_FIRST: Final = 10_000
_ALL: Final = 360_000
_AT_ONCE: Final = 20_000
# Outbox rows come and go with the worker.
_STORED: Final = {table: rows for table, rows in OF_AN_ORDER.items() if table not in {"outbox", RECORDS}}


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """Once: it takes minutes, and memory does not jitter."""
    database = await bench.database("memory")
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
    async with AsyncExitStack() as stack:
        api = await bench.product.serve(database, "memory-api")
        stack.enter_context(api.process)
        worker = await bench.product.work(database, "memory-worker")
        stack.enter_context(worker)
        before = await counted(bench, database, _STORED)
        await bench.provider.reset()
        held: dict[str, list[float]] = {"memory.api": [], "memory.worker": []}
        placed = 0
        while placed < _ALL:
            placed += await _placed(bench, api, _FIRST if not placed else min(_AT_ONCE, _ALL - placed))
            await bench.provider.until("instant", placed)
            _note(held, api.process, worker)
            bench.say(f"  {placed:,} orders: {_words(held)}")
        compare("memory", before, await counted(bench, database, _STORED), _STORED, placed)
    await bench.forget("memory")
    return [_result(name, held[name]) for name in names]


async def _placed(bench: Bench, api: Api, count: int) -> int:
    told: dict[str, Any] = await load(
        kind="orders", port=api.port, key=bench.seed.shop.key, connections=CONNECTIONS, seconds=600.0, warm_up=0.0,
        first=bench.seed.take(count), limit=count,
    )  # fmt: skip
    return all_answered("memory", told["statuses"], 201)


def _note(held: dict[str, list[float]], api: Process, worker: Process) -> None:
    held["memory.api"].append(api.resident_mib())
    held["memory.worker"].append(worker.resident_mib())


def _words(held: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {each[-1]:.0f} MiB" for name, each in held.items())


def _result(name: str, held: list[float]) -> Result:
    figures = {"mib_after_10_000": held[0], "mib_at_the_end": held[-1], "mib_most": max(held)}
    detail = {name: round(figure, 1) for name, figure in figures.items()}
    return Result(name, [held[-1] / held[0]], detail=detail)
