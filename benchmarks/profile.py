"""Where the time goes: `python -m benchmarks.profile` (`make profile`).

Samples the API under orders and under callbacks, and the worker under a backlog, each alone, with py-spy; leaves flame
graphs and a table of functions in build/profile/. py-spy needs the right to look into its own children, which a
container may have to be given (SYS_PTRACE).
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
import uvloop

from benchmarks.bench import Bench, Options
from benchmarks.flame import Profile
from benchmarks.measure.callbacks import Side as CallbackSide
from benchmarks.measure.callbacks import run as run_callbacks
from benchmarks.measure.drain_sides import Tidings, drained
from benchmarks.measure.intake import Side, run
from benchmarks.stand.opened import DATA, opened
from benchmarks.stand.processes import ROOT, Process
from benchmarks.stand.product import Api
from benchmarks.stand.stores import Stores, running_stores

OUT: Final = ROOT / "build" / "profile"
_RATE: Final = "400"
_BACKLOG: Final = 6000
_CALLBACKS: Final = 3000


def main() -> None:
    """Profile what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--only", choices=sorted(PROFILED), help="instead of all")
    parser.add_argument("--seconds", type=float, default=5.0, help="of load on the API")
    given = parser.parse_args()
    with running_stores(DATA) as stores, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_profiled(stores, given.only, given.seconds))


async def _profiled(stores: Stores, only: str | None, seconds: float) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    async with httpx.AsyncClient(trust_env=False) as client, opened(stores, client) as stand:
        bench = Bench(stand.product, stand.seed, stand.provider, Options(seconds, 1), print)
        for name, measure in PROFILED.items():
            if only in {None, name}:
                pieces, cpu_us, stacks = await measure(bench)
                title = f"{name}: {cpu_us:.0f} µs of the event loop's thread each, {pieces:,} of them"
                profile = Profile.read(stacks, title, cpu_us)
                (OUT / f"{name}.svg").write_text(profile.svg(), "utf-8")
                table = "\n".join(profile.table())
                (OUT / f"{name}.txt").write_text(f"{profile.title}\n{table}\n", "utf-8")
                print(f"\n{profile.title} → build/profile/{name}.svg\n{table}", flush=True)


async def _api(bench: Bench) -> tuple[int, float, Path]:
    """Orders at c=32."""
    database = await bench.database("intake")
    api = await bench.product.serve(database)
    with api.process:
        side = Side("product", api, database)
        await run(bench, side, seconds=1)
        async with _Sampling(api.process, "api") as sampling:
            told = await run(bench, side, seconds=bench.options.seconds)
    return sampling.shared(sum(told.figures["statuses"].values()))


async def _callbacks(bench: Bench) -> tuple[int, float, Path]:
    """Signed receipts at c=32."""
    database = await bench.database("callbacks")
    api: Api = await bench.product.serve(database)
    with api.process:
        side = CallbackSide("product", database, api)
        await run_callbacks(bench, side, 200)
        async with _Sampling(api.process, "callbacks") as sampling:
            await run_callbacks(bench, side, _CALLBACKS)
    return sampling.shared(_CALLBACKS)


async def _worker(bench: Bench) -> tuple[int, float, Path]:
    """A backlog at the instant provider."""
    database = await bench.database("drain")
    await bench.provider.behave(bench.stores, database, {bench.seed.shop: "instant"})
    with await bench.product.work(database) as worker:
        side = Tidings(database, worker)
        await drained(bench, side, 300)
        async with _Sampling(worker, "worker") as sampling:
            await drained(bench, side, _BACKLOG)
    return sampling.shared(_BACKLOG)


PROFILED: Final[dict[str, Callable[[Bench], Awaitable[tuple[int, float, Path]]]]] = {
    "api": _api,
    "worker": _worker,
    "callbacks": _callbacks,
}


class _Sampling:
    """py-spy on a process, for the length of a block; only what holds the interpreter counts."""

    def __init__(self, process: Process, name: str) -> None:
        self.stacks = OUT / f"{name}.stacks"
        self._process = process
        self._before = self._after = 0.0
        self._child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "_Sampling":
        self._child = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(self._process.child.pid),
            "--rate", _RATE, "--gil", "--format", "raw", "--full-filenames", "--duration", "3600",
            "--output", str(self.stacks),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await asyncio.sleep(1)
        if self._child.returncode is not None:
            sys.exit(f"benchmarks.profile: py-spy: {(await self._child.communicate())[1].decode(errors='replace')}")
        self._before = self._process.loop_seconds()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._after = self._process.loop_seconds()
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            await self._child.communicate()

    def shared(self, pieces: int) -> tuple[int, float, Path]:
        """How many pieces of work there were, the thread's microseconds for each, and where the stacks lie."""
        return pieces, (self._after - self._before) * 1e6 / pieces, self.stacks


if __name__ == "__main__":
    main()
