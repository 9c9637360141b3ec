"""orders.*: `POST /v1/orders` against the same order in other hands."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.measure.counts import OF_AN_ORDER, all_answered, compare, counted
from benchmarks.results import Result
from benchmarks.stand.processes import Process, free_port, load, uvicorn_process
from benchmarks.stand.product import Api

CONNECTIONS: Final = 32
_BATCH: Final = 100
_BATCH_CONNECTIONS: Final = 4
# Numbers kept for one run: more than can be placed in it.
_SPAN: Final = 1_000_000

# Side → what runs: a baseline's application.
_APPLICATIONS: Final = {
    "orm": "benchmarks.baselines.orders_orm:app",
    "empty": "benchmarks.baselines.orders_empty:app",
    "statement": "benchmarks.baselines.orders_statement:app",
}
# Row → the side it is set against, at how many connections, by which figure of a run.
_ROWS: Final[Mapping[str, tuple[str, str, str]]] = {
    "orders.vs_orm": ("product", "orm", "per_second"),
    "orders.vs_empty_endpoint": ("product", "empty", "per_second"),
    "orders.vs_one_statement": ("product", "statement", "per_second"),
    "orders.p99_vs_orm": ("product", "orm", "p99"),
    "orders.single": ("product_single", "statement_single", "p50"),
    "orders.batch": ("batch", "product", "per_second"),
}
_INVERSE: Final = frozenset({"orders.p99_vs_orm", "orders.single"})


@dataclass(frozen=True, slots=True)
class Side:
    """Where orders are sent, and how."""

    name: str
    api: Api
    # None: it stores nothing.
    database: str | None
    connections: int = CONNECTIONS
    size: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of load."""

    figures: Mapping[str, Any]
    # Microseconds for each order.
    app_us: float
    postgres_us: float
    log_bytes: float


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The rows asked for, all sides taking turns."""
    asked = {name: _ROWS[name] for name in names}
    wanted = {side for own, other, _ in asked.values() for side in (own, other)}
    async with AsyncExitStack() as stack:
        sides = [side for side in await _sides(bench, stack, wanted) if side.name in wanted]
        runs: dict[str, list[Run]] = {side.name: [] for side in sides}
        for side in sides:
            await run(bench, side, seconds=bench.options.warm_up * 2)
        await bench.stores.checkpoint()
        for n in range(bench.options.repetitions):
            for side in sides:
                runs[side.name].append(await run(bench, side, seconds=bench.options.seconds))
                bench.say(f"  {n + 1}. {side.name}: {runs[side.name][-1].figures['per_second']:.0f} orders/s")
    await bench.forget("intake", "intake_orm", "intake_statement")
    return [_result(name, runs) for name in names]


async def run(bench: Bench, side: Side, *, seconds: float) -> Run:
    """Load one side, and look whether it has stored what it answered."""
    tables = OF_AN_ORDER if side.database else {}
    before = await counted(bench, side.database or "", tables) if tables else {}
    log_before = await bench.stores.log_position()
    meter = await bench.meter(side.api.process)
    told = await load(
        kind="orders" if side.size == 1 else "batches", port=side.api.port, key=bench.seed.shop.key,
        connections=side.connections, seconds=seconds, warm_up=bench.options.warm_up,
        first=bench.seed.take(_SPAN), size=side.size,
    )  # fmt: skip
    orders = all_answered(side.name, told["statuses"], 201 if side.size == 1 else 200) * side.size
    app_us, postgres_us = meter.per(orders)
    log_bytes = (await bench.stores.log_position() - log_before) / orders
    if tables:
        compare(side.name, before, await counted(bench, side.database or "", tables), tables, orders)
    told["per_second"] *= side.size
    return Run(told, app_us, postgres_us, log_bytes)


async def _sides(bench: Bench, stack: AsyncExitStack, wanted: set[str]) -> list[Side]:
    """Started all at once: each takes seconds to come up."""
    database = await bench.database("intake")
    starts = []
    if wanted & {"product", "product_single", "batch"}:
        starts.append(_product(bench, stack, database))
    for name in _APPLICATIONS:
        if wanted & {name, f"{name}_single"}:
            stored = None if name == "empty" else await bench.database(f"intake_{name}")
            starts.append(_baseline(bench, stack, name, stored))
    return [side for sides in await asyncio.gather(*starts) for side in sides]


async def _product(bench: Bench, stack: AsyncExitStack, database: str) -> list[Side]:
    api = await bench.product.serve(database)
    stack.enter_context(api.process)
    return [
        Side("product", api, database),
        Side("product_single", api, database, connections=1),
        Side("batch", api, database, connections=_BATCH_CONNECTIONS, size=_BATCH),
    ]


async def _baseline(bench: Bench, stack: AsyncExitStack, name: str, stored: str | None) -> list[Side]:
    port, database = free_port(), stored or await bench.database("intake")
    environment = bench.baseline_environment(database, port=port)
    process: Process = uvicorn_process(name, _APPLICATIONS[name], port, environment)
    stack.enter_context(process)
    await process.answers(f"http://127.0.0.1:{port}/openapi.json")
    api = Api(process, port)
    return [Side(name, api, stored), Side(f"{name}_single", api, stored, connections=1)]


def _result(name: str, runs: Mapping[str, Sequence[Run]]) -> Result:
    own, other, figure = _ROWS[name]
    seen = runs[own]
    return Result(
        name,
        [each.figures[figure] for each in seen],
        [each.figures[figure] for each in runs[other]],
        is_inverse=name in _INVERSE,
        detail={
            "p50_ms": _middle([each.figures["p50"] for each in seen]),
            "p99_ms": _middle([each.figures["p99"] for each in seen]),
            "baseline_p50_ms": _middle([each.figures["p50"] for each in runs[other]]),
            "baseline_p99_ms": _middle([each.figures["p99"] for each in runs[other]]),
            "app_us": _middle([each.app_us for each in seen]),
            "postgres_us": _middle([each.postgres_us for each in seen]),
            "baseline_app_us": _middle([each.app_us for each in runs[other]]),
            "baseline_postgres_us": _middle([each.postgres_us for each in runs[other]]),
            "log_bytes": _middle([each.log_bytes for each in seen]),
        },
    )


def _middle(figures: Sequence[float]) -> float:
    return float(f"{sorted(figures)[len(figures) // 2]:.4g}")
