"""A real Valkey as our child: found again after a kill, closed to everybody else."""

import importlib.util
import platform
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from tidings.cli.embedded.errors import DidNotStart, NotInstalled
from tidings.cli.embedded.processes import working_in
from tidings.cli.embedded.valkey import Valkey, program

START_AND_DIE = """
import os, sys
from pathlib import Path
from tidings.cli.embedded.valkey import Valkey
server = Valkey(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_it_answers_over_a_socket_that_others_cannot_open_and_on_no_port(tmp_path: Path):
    with Valkey(tmp_path) as server:
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            assert client.ping()
            assert client.config_get("port") == {"port": "0"}
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700


def test_it_starts_again_after_a_stop(tmp_path: Path):
    server = Valkey(tmp_path)
    server.start()
    first = server.pid
    server.stop()
    assert server.pid is None
    server.start()
    assert server.pid not in {None, first}
    server.stop()


def test_what_a_killed_run_left_running_is_stopped(tmp_path: Path):
    died = subprocess.run(
        [sys.executable, "-c", START_AND_DIE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    orphan = int(died.stdout)
    assert [process.pid for process in working_in(tmp_path / "valkey", "valkey-server")] == [orphan]
    with Valkey(tmp_path) as server:
        assert [process.pid for process in working_in(tmp_path / "valkey", "valkey-server")] == [server.pid]


def test_one_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    server = Valkey(tmp_path)
    not_valkey = tmp_path / "valkey-server"
    not_valkey.write_text("#!/bin/sh\necho out of memory\nexit 7\n")
    not_valkey.chmod(0o755)
    server.program = not_valkey
    with pytest.raises(DidNotStart, match=r"ended with code 7(.|\n)*out of memory"):
        server.start()


def test_the_wheel_has_a_program_for_this_machine():
    assert program().is_file()


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r"install tidings\[embedded\]"):
        program()


def test_a_machine_that_the_wheel_has_nothing_for_is_told_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    with pytest.raises(NotInstalled):
        program()
