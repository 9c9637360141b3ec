"""`python -m benchmarks`: measures, prints the table, writes build/bench.json."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import httpx
import uvloop

from benchmarks import machine, table
from benchmarks.bench import Bench, Options
from benchmarks.measure import callbacks, crowd, documents, drain, fair, flat, intake, memory, trail, wake
from benchmarks.results import Mismatch, Result, write
from benchmarks.rows import ROWS, wanted
from benchmarks.stand.opened import DATA, opened
from benchmarks.stand.processes import ROOT, DidNotComeUp
from benchmarks.stand.stores import Stores, running_stores
from tidings.cli.embedded.errors import CannotStart

Measure = Callable[[Bench, Sequence[str]], Awaitable[list[Result]]]

# What measures which rows, in the order in which they run.
MEASURES: Final[tuple[tuple[Measure, tuple[str, ...]], ...]] = (
    (intake.measure, tuple(row.name for row in ROWS if row.name.startswith("orders."))),
    (drain.measure, ("drain.vs_arq", "drain.vs_pgqueuer")),
    (drain.measure_queue, ("drain.queue_only",)),
    (crowd.measure_slow, ("drain.slow_provider",)),
    (crowd.measure_scaling, ("drain.scaling",)),
    (wake.measure_idle, ("wake.idle_cpu",)),
    (wake.measure, ("wake.p99_ms",)),
    (crowd.measure_isolation, ("drain.isolation",)),
    (fair.measure, ("fair.confirmation_p99",)),
    (callbacks.measure, ("callbacks.vs_orm",)),
    (documents.measure, ("documents.vs_typst",)),
    (flat.measure, ("history.flat",)),
    (trail.measure_seal, ("records.seal",)),
    (memory.measure, ("memory.api", "memory.worker")),
    (trail.measure_verify, ("records.verify",)),
)


def main() -> None:
    """Run what is asked for; exit code 1 if the database does not hold what was answered."""
    given = _arguments()
    try:
        names = wanted(given.only, is_long=given.long)
        with running_stores(DATA) as stores, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(_measured(stores, names, given))
    except (CannotStart, DidNotComeUp, LookupError, Mismatch) as error:
        sys.exit(f"benchmarks: {error}")
    missed = [result.name for result in results if not result.is_met]
    print("\n".join(["", *table.lines(results), "", *table.details(results), ""]))
    print(f"missed: {', '.join(missed)}" if missed else "every goal is met")
    print(f"written to {given.output.relative_to(ROOT) if given.output.is_relative_to(ROOT) else given.output}")


async def _measured(stores: Stores, names: Sequence[str], given: argparse.Namespace) -> list[Result]:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    versions = {"postgres": await stores.version(), "valkey": stores.valkey_version()}
    described = machine.described(DATA, **versions)
    options = Options(given.seconds, given.repetitions, given.long)
    results: list[Result] = []
    say("opening shops …")
    async with httpx.AsyncClient(trust_env=False) as client, opened(stores, client) as stand:
        bench = Bench(stand.product, stand.seed, stand.provider, options, say)
        for measure, rows in MEASURES:
            asked = [name for name in rows if name in names]
            if asked:
                say(", ".join(asked))
                results += await measure(bench, asked)
    in_order = sorted(results, key=lambda result: [row.name for row in ROWS].index(result.name))
    write(given.output, described | {"seconds": round(time.monotonic() - began)}, in_order)
    return in_order


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", help="rows with commas between them: orders.vs_orm,drain")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measured stretch")
    parser.add_argument("--repetitions", type=int, default=3, help="of everything; the median counts")
    parser.add_argument("--long", action="store_true", help="the rows that take longer than minutes")
    parser.add_argument("--output", type=Path, help="instead of build/bench.json (or bench-long.json)")
    given = parser.parse_args()
    if given.output is None:
        given.output = ROOT / "build" / ("bench-long.json" if given.long else "bench.json")
    return given


if __name__ == "__main__":
    main()
