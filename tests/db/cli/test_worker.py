"""`tidings worker`: works until it is asked to stop, or its parent is gone."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.fixtures.processes import environment, free_port

pytestmark = pytest.mark.timeout(90)
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tidings-worker'"


class Running:
    """A worker that is connected to its database."""

    def __init__(self, env: dict[str, str], log: Path, *more: str) -> None:
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tidings", "worker", *more],
                env=env, stdin=subprocess.PIPE, stdout=output, stderr=output,
            )  # fmt: skip

    async def connected(self, database_url: str) -> None:
        connection = await asyncpg.connect(database_url)
        try:
            async with asyncio.timeout(60):
                while True:
                    assert self.process.poll() is None
                    if await connection.fetchval(CONNECTED):
                        return
                    await asyncio.sleep(0.1)
        finally:
            await connection.close()

    def end_of_parent(self) -> None:
        """What the kernel does to the pipe of a parent that is no more."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def ended(self) -> int:
        return await asyncio.to_thread(self.process.wait, 30)

    def kill(self) -> None:
        """A worker that outlived its test would take the work of all that follow."""
        self.process.kill()
        self.process.wait(10)
        self.end_of_parent()


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def one(env: dict[str, str], *more: str) -> Running:
        started.append(Running(env, tmp_path / "log", *more))
        return started[-1]

    yield one
    for worker in started:
        worker.kill()


@pytest.fixture
def env(worker_database_url: str, valkey_url: str) -> dict[str, str]:
    return environment(worker_database_url, valkey_url) | {"TIDINGS_WORKER_GRACE_SECONDS": "1"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_ends_cleanly(start: Start, env: dict[str, str], tmp_path: Path, number: signal.Signals):
    worker = start(env)
    await worker.connected(env["TIDINGS_DATABASE_URL"])
    worker.process.send_signal(number)
    assert await worker.ended() == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


async def test_it_does_not_outlive_a_parent_that_was_killed(start: Start, env: dict[str, str]):
    worker = start(env, "--with-parent")
    await worker.connected(env["TIDINGS_DATABASE_URL"])
    worker.end_of_parent()
    assert await worker.ended() == 0


async def test_it_can_be_watched(start: Start, env: dict[str, str]):
    port = free_port()
    worker = start(env | {"TIDINGS_WORKER_METRICS_PORT": str(port)})
    await worker.connected(env["TIDINGS_DATABASE_URL"])
    transport = httpx.AsyncHTTPTransport(retries=10)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).json()["status"] == "ready"
        assert "tidings_" in (await client.get("/metrics")).text
        assert (await client.get("/v1/orders")).status_code == 404
    worker.process.send_signal(signal.SIGTERM)
    assert await worker.ended() == 0
