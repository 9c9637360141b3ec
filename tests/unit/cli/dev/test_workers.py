"""A worker is running until it is time to stop, whatever becomes of one."""

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from tests.fixtures.waiting import eventually
from tidings.cli.dev import workers
from tidings.cli.dev.workers import keep_worker

# Notes its start; then ends badly, or well when told to, or not at all.
SCRIPT = """
import signal, sys, time
from pathlib import Path
notes, manner = Path(sys.argv[1]), sys.argv[2]
with notes.open("a") as file:
    file.write("started\\n")
def end(*_):
    with notes.open("a") as file:
        file.write("stopped\\n")
    raise SystemExit
if manner == "dies":
    raise SystemExit(3)
signal.signal(signal.SIGTERM, signal.SIG_IGN if manner == "stubborn" else end)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def worker_that(monkeypatch: pytest.MonkeyPatch, notes: Path, manner: str) -> None:
    monkeypatch.setattr(workers, "COMMAND", (sys.executable, "-c", SCRIPT, str(notes), manner))
    monkeypatch.setattr(workers, "FIRST_PAUSE", 0.01)


async def until_noted(path: Path, text: str) -> None:
    await eventually(lambda: path.exists() and text in path.read_text())


async def test_one_that_ends_is_replaced_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    worker_that(monkeypatch, notes, "dies")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_worker(stop, tmp_path / "log", grace_seconds=5))
        await until_noted(notes, "started\nstarted\n")
        stop.set()
    assert "The worker has ended (code 3" in capsys.readouterr().err


async def test_told_to_stop_it_may_finish(monkeypatch: pytest.MonkeyPatch, notes: Path, tmp_path: Path):
    worker_that(monkeypatch, notes, "well")
    stop, log = asyncio.Event(), tmp_path / "log"
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_worker(stop, log, grace_seconds=10))
        await until_noted(log, "up")
        stop.set()
    assert notes.read_text() == "started\nstopped\n"


async def test_one_that_does_not_end_is_killed_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, notes: Path, tmp_path: Path
):
    worker_that(monkeypatch, notes, "stubborn")
    stop, log = asyncio.Event(), tmp_path / "log"
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        group.create_task(keep_worker(stop, log, grace_seconds=0.1))
        await until_noted(log, "up")
        stop.set()
    assert notes.read_text() == "started\n"


async def test_cancelled_it_leaves_none_behind(monkeypatch: pytest.MonkeyPatch, notes: Path, tmp_path: Path):
    worker_that(monkeypatch, notes, "stubborn")
    log = tmp_path / "log"
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep_worker(asyncio.Event(), log, grace_seconds=60))
        await until_noted(log, "up")
        keeping.cancel()
    assert not [
        process for process in psutil.process_iter(["cmdline"]) if str(notes) in (process.info["cmdline"] or [])
    ]


def test_the_real_one_stops_with_its_parent():
    assert workers.COMMAND[-2:] == ("worker", "--with-parent")
