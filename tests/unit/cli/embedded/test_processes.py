"""Processes that were left running are found by the folder they work in, and stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tidings.cli.embedded.processes import stop_all, stop_child, wait_until, working_in

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
SOFT = ((signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0))


def sleeper(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["sleep", "60"], cwd=folder)


def test_a_process_is_known_by_its_name_and_folder(tmp_path: Path):
    (tmp_path / "here").mkdir()
    child = sleeper(tmp_path / "here")
    try:
        assert [process.pid for process in working_in(tmp_path / "here", "sleep")] == [child.pid]
        assert working_in(tmp_path, "sleep") == []
        assert working_in(tmp_path / "here", "postgres") == []
    finally:
        stop_child(child, SOFT)


def test_all_are_stopped_and_the_stubborn_killed(tmp_path: Path):
    stubborn = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    meek = sleeper(tmp_path)
    stop_all([psutil.Process(stubborn.pid), psutil.Process(meek.pid)], SOFT)
    assert meek.wait(1) == -signal.SIGTERM
    assert stubborn.wait(1) == -signal.SIGKILL
    stubborn.stdout.close()


def test_what_has_ended_already_is_no_trouble(tmp_path: Path):
    child = sleeper(tmp_path)
    process = psutil.Process(child.pid)
    child.kill()
    # Not waited for: a zombie, which holds nothing any more.
    stop_all([process], SOFT)
    child.wait()
    stop_all([process], SOFT)


def test_a_child_that_ends_while_starting_says_with_which_code():
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    assert wait_until(lambda: False, child, 10) == "ended with code 3 while starting"


def test_a_child_that_is_never_ready_is_not_waited_for_for_ever(tmp_path: Path):
    child = sleeper(tmp_path)
    try:
        assert wait_until(lambda: False, child, 0.05) == "was not ready within 0.05 seconds"
        assert wait_until(lambda: True, child, 0.05) is None
    finally:
        stop_child(child, SOFT)
