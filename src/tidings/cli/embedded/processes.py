"""Child processes that outlive a killed parent: found again by the folder they work in, and stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

# For tests, and whoever wants nothing of it to be kept.
STOP_NOW = ((signal.SIGKILL, 5.0),)


def working_in(folder: Path, program: str) -> list[psutil.Process]:
    """The running processes of this program whose working directory is the folder.

    Stale pid files name processes that are long gone or have become something else; the working directory of a
    PostgreSQL or Valkey process cannot be mistaken.
    """
    wanted = os.path.realpath(folder)
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != program:
            continue
        try:
            if os.path.realpath(process.cwd()) == wanted:
                found.append(process)
        except psutil.Error:
            continue
    return found


def stop_all(processes: Sequence[psutil.Process], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn to the heads of those that are left, waiting for all the given seconds after each.

    Only heads: PostgreSQL's own children take the same signals to mean other things, and end with their parent.
    """
    left = list(processes)
    for number, patience in signals:
        for process in _heads(left):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        deadline = time.monotonic() + patience
        while (left := [process for process in left if _lives(process)]) and time.monotonic() < deadline:
            time.sleep(0.01)
        if not left:
            return


def _lives(process: psutil.Process) -> bool:
    # A zombie holds nothing any more; in a container its parent may be slow to notice, or never do.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _heads(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    pids, heads = {process.pid for process in processes}, []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() not in pids:
                heads.append(process)
    return heads


def stop_child(child: "subprocess.Popen[bytes]", signals: Sequence[tuple[signal.Signals, float]]) -> int | None:
    """Stop our own child: each signal in turn, waiting the given seconds after each."""
    for number, patience in signals:
        child.send_signal(number)
        try:
            return child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
    return child.poll()


def wait_until(ready: Callable[[], bool], child: "subprocess.Popen[bytes]", patience: float) -> str | None:
    """Wait for a child to become ready; None when it is, else why not."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if ready():
            return None
        if child.poll() is not None:
            return f"ended with code {child.returncode} while starting"
        time.sleep(0.01)
    return f"was not ready within {patience:g} seconds"
