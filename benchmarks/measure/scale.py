"""What more processes bring, what each piece of work costs whom, and what is used up first."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.measure.callbacks import Side as CallbackSide
from benchmarks.measure.callbacks import run as run_callbacks
from benchmarks.measure.counts import OF_AN_ORDER, all_answered, compare, counted
from benchmarks.measure.drain_sides import Tidings, drained, fitting
from benchmarks.measure.intake import CONNECTIONS
from benchmarks.stand.pooler import PooledProduct, Pooler
from benchmarks.stand.processes import Process, load
from benchmarks.stand.product import Api, Product
from benchmarks.stand.seed import SEEDED_ORDERS

PROCESSES: Final = (1, 2, 4)
_SPAN: Final = 1_000_000
_CALLBACKS_A_SECOND: Final = 300
# One that takes this much of a core has no more to give.
_FULL: Final = 0.88
_SIZES: Final = """
SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Scaled:
    """One piece of work in so many processes."""

    kind: str
    processes: int
    is_pooled: bool
    per_second: float
    # Microseconds of CPU for each piece: of all our processes together, of Postgres, of the pooler.
    own_us: float
    postgres_us: float
    pooler_us: float
    # Bytes of write-ahead log for each piece.
    log_bytes: float
    # Of each core's time, how much all of them were busy, others' work and the load generator's included.
    machine_busy: float
    # The busiest of our processes, as a share of one core.
    busiest: float
    first_used_up: str

    def as_json(self) -> dict[str, Any]:
        """As it stands in build/bench-scale.json."""
        return {name: float(f"{v:.4g}") if isinstance(v, float) else v for name, v in asdict(self).items()}


class Many:
    """Several processes, measured as one."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = processes

    def cpu_seconds(self) -> float:
        """CPU time so far, of all."""
        return sum(process.cpu_seconds() for process in self.processes)


class _Watch:
    """How busy the machine and its processes were during a stretch, and how much log was written."""

    def __init__(self, bench: Bench, processes: Sequence[Process], pooler: Pooler | None) -> None:
        self._bench = bench
        self._processes = processes
        self._pooler = pooler

    async def __aenter__(self) -> "_Watch":
        self._log = await self._bench.stores.log_position()
        self._before = self._read()
        return self

    async def __aexit__(self, *_: object) -> None:
        after = self._read()
        self._spent = [now - then for now, then in zip(after, self._before, strict=True)]
        self.log_bytes = await self._bench.stores.log_position() - self._log

    def _read(self) -> list[float]:
        idle, all_of_it = _machine()
        pooler = self._pooler.cpu_seconds() if self._pooler else 0.0
        loops = [process.loop_seconds() for process in self._processes]
        own = Many(self._processes).cpu_seconds()
        return [time.monotonic(), idle, all_of_it, pooler, own, self._bench.postgres_cpu(), *loops]

    def scaled(self, kind: str, per_second: float, pieces: int) -> Scaled:
        """What was seen, for each of so many pieces."""
        seconds, idle, all_of_it, pooler, own, postgres, *loops = self._spent
        machine_busy, busiest = 1 - idle / max(all_of_it, 1e-9), max(loops) / seconds
        share = 1e6 / max(pieces, 1)
        return Scaled(
            kind=kind, processes=len(loops), is_pooled=self._pooler is not None, per_second=per_second,
            own_us=own * share, postgres_us=postgres * share, pooler_us=pooler * share,
            log_bytes=self.log_bytes / max(pieces, 1), machine_busy=machine_busy, busiest=busiest,
            first_used_up=_first_used_up(machine_busy, busiest),
        )  # fmt: skip


def _first_used_up(machine_busy: float, busiest: float) -> str:
    if machine_busy >= _FULL:
        return f"the machine's {os.cpu_count()} cores"
    return "one event loop" if busiest >= _FULL else "waiting (commits, locks, round trips)"


def _machine() -> tuple[float, float]:
    """Ticks in which all cores were idle, and all ticks."""
    with open("/proc/stat", encoding="ascii") as stat:  # noqa: PTH123 - a file of the kernel's
        ticks = [float(word) for word in stat.readline().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


async def measure_intake(bench: Bench, product: Product) -> list[Scaled]:
    """Orders one by one at 32 connections, shared out among the processes."""
    database = await bench.database("intake")
    async with AsyncExitStack() as stack:
        apis: list[Api] = []
        for n in range(max(PROCESSES)):
            apis.append(await product.serve(database, f"api-{n}"))
            stack.enter_context(apis[-1].process)
        await _placed(bench, product, database, apis, bench.options.warm_up * 2)
        await bench.stores.checkpoint()
        runs: dict[int, list[Scaled]] = {count: [] for count in PROCESSES}
        for _ in range(bench.options.repetitions):
            for count in PROCESSES:
                scaled = await _placed(bench, product, database, apis[:count], bench.options.seconds)
                runs[count].append(scaled)
                bench.say(f"  {_words(scaled)}")
    await bench.forget("intake")
    return [middle(each) for each in runs.values()]


async def _placed(bench: Bench, product: Product, database: str, apis: Sequence[Api], seconds: float) -> Scaled:
    before = await counted(bench, database, OF_AN_ORDER)
    async with _Watch(bench, [api.process for api in apis], _pooler_of(product)) as watch:
        told = await asyncio.gather(
            *(
                load(
                    kind="orders",
                    port=api.port,
                    key=bench.seed.shop.key,
                    connections=CONNECTIONS // len(apis),
                    seconds=seconds,
                    warm_up=bench.options.warm_up,
                    first=bench.seed.take(_SPAN),
                )
                for api in apis
            )
        )
    orders = sum(all_answered("scale", each["statuses"], 201) for each in told)
    compare("scale", before, await counted(bench, database, OF_AN_ORDER), OF_AN_ORDER, orders)
    return watch.scaled("orders", sum(each["per_second"] for each in told), orders)


async def measure_drain(bench: Bench, product: Product) -> list[Scaled]:
    """A backlog at the instant provider; one worker more, and one more."""
    database = await bench.database("drain")
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
    workers: list[Process] = []
    found = []
    async with AsyncExitStack() as stack:
        count = 0
        for processes in PROCESSES:
            while len(workers) < processes:
                workers.append(await product.work(database, f"worker-{len(workers)}"))
                stack.enter_context(workers[-1])
            side = Tidings(database, Many(workers))  # type: ignore[arg-type]  # of a process, its CPU time is wanted
            # The new ones warm up, too.
            count = max(count, await fitting(bench, side))
            runs = [await _drained(bench, product, side, workers, count) for _ in range(bench.options.repetitions)]
            found.append(middle(runs))
            bench.say(f"  {_words(found[-1])}")
    await bench.forget("drain")
    return found


async def _drained(bench: Bench, product: Product, side: Tidings, workers: Sequence[Process], count: int) -> Scaled:
    watch = _Watch(bench, workers, _pooler_of(product))
    seen = await drained(bench, side, count, around=watch)
    return watch.scaled("messages", seen.per_second, count)


async def measure_callbacks(bench: Bench) -> Scaled:
    """Signed delivery receipts at 32 connections, one process."""
    database = await bench.database("callbacks")
    api = await bench.product.serve(database, "callbacks-api")
    count = round(max(400, bench.options.seconds * _CALLBACKS_A_SECOND))
    with api.process:
        side = CallbackSide("product", database, api)
        await run_callbacks(bench, side, 200)
        runs = []
        for _ in range(bench.options.repetitions):
            watch = _Watch(bench, [api.process], None)
            told = await run_callbacks(bench, side, count, around=watch)
            runs.append(watch.scaled("callbacks", told["per_second"], count))
            bench.say(f"  {_words(runs[-1])}")
    await bench.forget("callbacks")
    return middle(runs)


async def measure_bytes(bench: Bench) -> dict[str, float]:
    """By table, the bytes that an order leaves whose confirmation was delivered; its indexes included."""
    seeded = await _sizes(bench, await bench.database("bytes"))
    bare = await _sizes(bench, await bench.database("bytes_bare", "bare"))
    await bench.forget("bytes", "bytes_bare")
    each = {table: (size - bare[table]) / SEEDED_ORDERS for table, size in seeded.items()}
    return {table: round(size, 1) for table, size in sorted(each.items()) if size >= 1}


async def _sizes(bench: Bench, database: str) -> Mapping[str, int]:
    async with bench.stores.admin(database) as connection:
        return {row["relname"]: row["bytes"] for row in await connection.fetch(_SIZES)}


def _pooler_of(product: Product) -> Pooler | None:
    return product.pooler if isinstance(product, PooledProduct) else None


def middle(runs: Sequence[Scaled]) -> Scaled:
    """The run with the middle rate."""
    rate = sorted(run.per_second for run in runs)[(len(runs) - 1) // 2]
    return next(run for run in runs if run.per_second == rate)


def _words(scaled: Scaled) -> str:
    where = " through the pooler" if scaled.is_pooled else ""
    return f"{scaled.processes}{where}: {scaled.per_second:.0f} {scaled.kind}/s, first: {scaled.first_used_up}"
