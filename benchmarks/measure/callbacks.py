"""callbacks.vs_orm: signed delivery receipts, verified, kept and applied."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.measure.counts import OF_A_CALLBACK, all_answered, compare, counted
from benchmarks.results import Result
from benchmarks.stand.clone import clone
from benchmarks.stand.processes import LOGS, free_port, load, uvicorn_process
from benchmarks.stand.product import ACCOUNT, AUTH_TOKEN, Api

_CONNECTIONS: Final = 32
_FIRST: Final = 300
_LEAST: Final = 400
_MOST: Final = 30_000
_APPLIED: Final = {**OF_A_CALLBACK, "messages WHERE status = 'delivered'": 1, "attempts WHERE status = 'delivered'": 1}


@dataclass(frozen=True, slots=True)
class Side:
    """Where Twilio calls."""

    name: str
    database: str
    api: Api


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The product and the ORM, taking turns."""
    async with AsyncExitStack() as stack:
        databases = [await bench.database(name) for name in ("callbacks", "callbacks_orm")]
        sides = await asyncio.gather(_product(bench, stack, databases[0]), _orm(bench, stack, databases[1]))
        rates = {side.name: (await run(bench, side, _FIRST))["per_second"] for side in sides}
        counts = {name: _fitting(rate * bench.options.seconds) for name, rate in rates.items()}
        await bench.stores.checkpoint()
        runs: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
        for n in range(bench.options.repetitions):
            for side in sides:
                runs[side.name].append(await run(bench, side, counts[side.name]))
                bench.say(f"  {n + 1}. {side.name}: {runs[side.name][-1]['per_second']:.0f} callbacks/s")
    await bench.forget("callbacks", "callbacks_orm")
    own, theirs = runs["product"], runs["orm"]
    detail = {
        "p99_ms": round(own[0]["p99"], 2), "baseline_p99_ms": round(theirs[0]["p99"], 2),
        "app_us": round(own[0]["app_us"]), "postgres_us": round(own[0]["postgres_us"]),
        "baseline_app_us": round(theirs[0]["app_us"]), "baseline_postgres_us": round(theirs[0]["postgres_us"]),
    }  # fmt: skip
    rates_of = [[told["per_second"] for told in each] for each in (own, theirs)]
    return [Result(name, rates_of[0], rates_of[1], detail=detail) for name in names]


def _fitting(count: float) -> int:
    return round(min(max(count, _LEAST), _MOST))


async def _product(bench: Bench, stack: AsyncExitStack, database: str) -> Side:
    api = await bench.product.serve(database, "callbacks-api")
    stack.enter_context(api.process)
    return Side("product", database, api)


async def _orm(bench: Bench, stack: AsyncExitStack, database: str) -> Side:
    port = free_port()
    environment = bench.baseline_environment(database, port=port)
    process = uvicorn_process("callbacks-orm", "benchmarks.baselines.callbacks_orm:app", port, environment)
    stack.enter_context(process)
    await process.answers(f"http://127.0.0.1:{port}/openapi.json")
    return Side("orm", database, Api(process, port))


async def run(
    bench: Bench, side: Side, count: int, *, around: AbstractAsyncContextManager[object] | None = None
) -> dict[str, Any]:
    """So many callbacks, and whether each was applied; the load is put into `around`."""
    path = await _asked(bench, side, count)
    before = await counted(bench, side.database, _APPLIED)
    meter = await bench.meter(side.api.process)
    # It ends with the callbacks that there are.
    async with around or nullcontext():
        told = await load(
            kind="callbacks", port=side.api.port, connections=_CONNECTIONS, seconds=60.0, warm_up=0.0, file=str(path)
        )
    answered = all_answered(side.name, told["statuses"], 200)
    told["app_us"], told["postgres_us"] = meter.per(answered)
    compare(side.name, before, await counted(bench, side.database, _APPLIED), _APPLIED, answered)
    compare(side.name, {"callbacks": 0}, {"callbacks": answered}, {"callbacks": 1}, count)
    return told


async def _asked(bench: Bench, side: Side, count: int) -> Path:
    """Messages that were accepted and not delivered yet, and a file with what is to be said of them."""
    async with bench.stores.admin(side.database) as connection:
        await clone(connection, bench.seed.copies(bench.seed.accepted, count))
        rows = await connection.fetch(
            "SELECT id, provider_message_id, recipient FROM attempts WHERE status = 'accepted' ORDER BY id"
        )
    shop = bench.seed.shop
    asked = {
        "token": AUTH_TOKEN,
        "account": ACCOUNT,
        "url": f"{side.api.url}/v1/callbacks/con_{shop.connection_id.hex}",
        "attempts": [[f"att_{row['id'].hex}", row["provider_message_id"], row["recipient"]] for row in rows],
    }
    path = LOGS / f"callbacks-{side.name}.json"
    path.write_text(json.dumps(asked), "utf-8")
    return path
