"""Real processes: tidings itself, the baselines, the provider, the load generator."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import psutil

ROOT: Final = Path(__file__).parents[2]
LOGS: Final = ROOT / "build" / "bench" / "logs"
_PATIENCE: Final = 30.0
_ANY: Final = range(100, 600)


class DidNotComeUp(Exception):
    """A process ended, or did not answer, before it could be measured; its log says why."""


class Process:
    """One child of ours; a context manager that ends it."""

    def __init__(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """Start it.

        Args:
            name: of its log.
            arguments: of this Python.
            env: what it is told beside our own environment, which must not set tidings up.
        """
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{name}.log"
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT, env=outer_environment() | dict(env or {}), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it in peace, or by force."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it at once, whatever it is at."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait(10)

    def cpu_seconds(self) -> float:
        """CPU time so far, of it and its children, to the nanosecond where the kernel tells it."""
        return cpu_seconds(self.child.pid)

    def loop_seconds(self) -> float:
        """CPU time so far of its main thread alone, which is where its event loop runs."""
        pid = self.child.pid
        try:
            return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text("utf-8").split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            return self.cpu_seconds()

    def resident_mib(self) -> float:
        """Memory that it holds."""
        return float(psutil.Process(self.child.pid).memory_info().rss) / 2**20

    async def says(self) -> str:
        """Its first line."""
        async with asyncio.timeout(_PATIENCE):
            while not (text := self.log.read_text("utf-8")).endswith("\n"):
                self._lives()
                await asyncio.sleep(0.02)
        return text.splitlines()[0]

    async def answers(self, url: str, *, status: int | None = httpx.codes.OK) -> None:
        """Wait until a GET is answered (with this status)."""
        async with asyncio.timeout(_PATIENCE), httpx.AsyncClient(trust_env=False) as client:
            while await _status(client, url) not in ({status} if status else _ANY):
                self._lives()
                await asyncio.sleep(0.05)

    async def comes_up(self, is_up: Callable[[], bool]) -> None:
        """Wait until something shows that it works."""
        async with asyncio.timeout(_PATIENCE):
            while not is_up():
                self._lives()
                await asyncio.sleep(0.05)

    def _lives(self) -> None:
        if self.child.poll() is not None:
            end = self.log.read_text("utf-8", errors="replace")[-2000:]
            message = f"{self.log.name} ended with {self.child.returncode}:\n{end}"
            raise DidNotComeUp(message)


def outer_environment() -> dict[str, str]:
    """Ours, but for what sets tidings up."""
    return {key: value for key, value in os.environ.items() if not key.startswith("TIDINGS_")}


async def _status(client: httpx.AsyncClient, url: str) -> int | None:
    try:
        return (await client.get(url)).status_code
    except httpx.HTTPError:
        return None


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children: those that live, and those that have ended."""
    try:
        parent = psutil.Process(pid)
        living = sum(_own_cpu_seconds(each.pid) for each in (parent, *parent.children(recursive=True)))
        ended = parent.cpu_times()
        return living + float(ended.children_user + ended.children_system)
    except psutil.NoSuchProcess:
        return 0.0


def _own_cpu_seconds(pid: int) -> float:
    try:
        threads = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        if threads:
            return sum(int(text.split()[0]) for text in threads) / 1e9
        times = psutil.Process(pid).cpu_times()
    except (OSError, ValueError, psutil.Error):
        return 0.0
    return float(times.user + times.system)


def uvicorn_process(name: str, app: str, port: int, env: Mapping[str, str]) -> Process:
    """A baseline's API, as its documentation starts it: one process, access log and all."""
    return Process(name, "-m", "uvicorn", app, "--port", str(port), env=env)


async def load(**asked: Any) -> dict[str, Any]:
    """Run the load generator once; see benchmarks/load/__main__.py."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load", cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    out, errors = await child.communicate(json.dumps(asked).encode())
    if child.returncode:
        message = f"the load generator ended with {child.returncode}:\n{errors.decode(errors='replace')[-2000:]}"
        raise DidNotComeUp(message)
    told: dict[str, Any] = json.loads(out)
    return told


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
