"""The worker as a child process, watched over: when it ends by itself, another one is started."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import typer

COMMAND = (sys.executable, "-m", "tidings", "worker", "--with-parent")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
# A worker that has lived so long was well: its end is no reason to hesitate.
WELL_SECONDS = 30.0


async def keep_worker(stop: asyncio.Event, log: Path, *, grace_seconds: float) -> None:
    """Have a worker running until told to stop; then let it finish what has left.

    Args:
        stop: set when it is time.
        log: where its output goes.
        grace_seconds: how long it may take to finish, before it is killed.
    """
    pause, clock = FIRST_PAUSE, asyncio.get_running_loop().time
    while not stop.is_set():
        started = clock()
        code = await _run_one(stop, log, grace_seconds)
        if stop.is_set():
            return
        pause = FIRST_PAUSE if clock() - started > WELL_SECONDS else min(pause * 2, LONGEST_PAUSE)
        typer.echo(f"The worker has ended (code {code}, see {log}) and is started again.", err=True)
        await _first_of(stop.wait(), asyncio.sleep(pause))


async def _run_one(stop: asyncio.Event, log: Path, grace_seconds: float) -> int | None:
    with log.open("ab") as output:
        # Its own session: Ctrl-C in the terminal is ours to pass on. The pipe ends when we do, however we end.
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
    try:
        await _first_of(stop.wait(), process.wait())
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await _first_of(process.wait(), asyncio.sleep(grace_seconds))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
