"""`python -m benchmarks.scale` (`make bench-scale`): 1, 2 and 4 processes of each kind, straight and through PgBouncer.

Prints what came out, writes build/bench-scale.json; `python -m benchmarks.paper` writes it into docs/performance.md,
with what it means for a million orders a day (benchmarks/model.py).
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop

from benchmarks import machine, model
from benchmarks.bench import Bench, Options
from benchmarks.measure import scale
from benchmarks.results import Mismatch
from benchmarks.stand.opened import DATA, Stand, opened
from benchmarks.stand.pooler import SERVER_CONNECTIONS, PooledProduct, installed, pooler
from benchmarks.stand.processes import ROOT, DidNotComeUp
from benchmarks.stand.stores import Stores, running_stores
from benchmarks.table import figure, wrapped
from tidings.cli.embedded.errors import CannotStart

OUTPUT: Final = ROOT / "build" / "bench-scale.json"
WITHOUT_POOLER: Final = "PgBouncer is not installed (Debian: apt-get install pgbouncer): not measured."
_ORDERS_A_DAY: Final = (1_000_000, 10_000_000)
_HEAD: Final = (
    "what", "processes", "each second", "process µs", "Postgres µs", "pooler µs", "log bytes", "machine", "busiest",
    "used up first",
)  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measured stretch")
    parser.add_argument("--repetitions", type=int, default=2, help="of everything; the slower middle counts")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="instead of build/bench-scale.json")
    given = parser.parse_args()
    try:
        with running_stores(DATA) as stores, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            run = runner.run(_measured(stores, Options(given.seconds, given.repetitions)))
    except (CannotStart, DidNotComeUp, Mismatch) as error:
        sys.exit(f"benchmarks.scale: {error}")
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print("\n".join(["", *lines(run)]))


async def _measured(stores: Stores, options: Options) -> dict[str, Any]:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    described = machine.described(DATA, postgres=await stores.version(), valkey=stores.valkey_version())
    say("opening shops …")
    async with httpx.AsyncClient(trust_env=False) as client, opened(stores, client) as stand:
        bench = Bench(stand.product, stand.seed, stand.provider, options, say)
        sizes = await scale.measure_bytes(bench)
        scaled = [
            *await scale.measure_intake(bench, stand.product),
            *await scale.measure_drain(bench, stand.product),
            await scale.measure_callbacks(bench),
            *await _pooled(bench, stand),
        ]
    return {
        "machine": described | {"seconds": round(time.monotonic() - began)},
        "scaled": [each.as_json() for each in scaled],
        "bytes": sizes,
    }


async def _pooled(bench: Bench, stand: Stand) -> list[scale.Scaled]:
    program = installed()
    if program is None:
        bench.say(WITHOUT_POOLER)
        return []
    with pooler(program, stand.product.stores) as running:
        product = PooledProduct(stand.product.stores, stand.product.vault_key, stand.product.signing_key, running)
        return [*await scale.measure_intake(bench, product), *await scale.measure_drain(bench, product)]


def lines(run: Mapping[str, Any]) -> list[str]:
    """What came out and what it means, in Markdown."""
    costs = model.Costs.of(run)
    whole = sum(run["bytes"].values())
    largest = sorted(run["bytes"].items(), key=lambda item: -item[1])
    has_pooler = any(each["is_pooled"] for each in run["scaled"])
    return [
        f"| {' | '.join(_HEAD)} |",
        "| -- | --: | --: | --: | --: | --: | --: | --: | --: | -- |",
        *map(_line, run["scaled"]),
        "",
        *wrapped(
            "CPU and log are for each order, message or callback; `machine` is the share of all cores that was busy, "
            "load generator and provider included, `busiest` the share of one core that the busiest event loop took. "
            "Log holds the pages that are written whole once after each checkpoint: more in the first run than in "
            "later ones. "
            + (
                f"PgBouncer has {SERVER_CONNECTIONS} server connections for each role."
                if has_pooler
                else WITHOUT_POOLER
            )
        ),
        "",
        *wrapped(
            f"An order whose confirmation was delivered leaves {whole:,.0f} bytes in its tables and their indexes: "
            + ", ".join(f"`{table}` {size:,.0f}" for table, size in largest)
            + "."
        ),
        "",
        "### A million orders a day, and ten",
        "",
        *model.lines(costs, [model.need(costs, orders) for orders in _ORDERS_A_DAY]),
    ]


def _line(each: Mapping[str, Any]) -> str:
    cells: Sequence[str] = (
        f"{each['kind']}{' through PgBouncer' if each['is_pooled'] else ''}",
        str(each["processes"]),
        figure(each["per_second"]),
        figure(each["own_us"]),
        figure(each["postgres_us"]),
        figure(each["pooler_us"]) if each["is_pooled"] else "-",
        figure(each["log_bytes"]),
        f"{each['machine_busy']:.0%}",
        f"{each['busiest']:.0%}",
        each["first_used_up"],
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
