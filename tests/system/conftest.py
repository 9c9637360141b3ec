"""PostgreSQL 15, the oldest that is supported, and PgBouncer in transaction mode before it."""

import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.fixtures import processes
from tests.system.debian import account, give, program, server

BIN = "/usr/lib/postgresql/15/bin"
# As deploy/roles.sh has it, but for passwords: the sockets' folder keeps strangers out.
ROLES = """
CREATE ROLE tidings_owner LOGIN CREATEROLE;
CREATE DATABASE tidings OWNER tidings_owner;
SET ROLE tidings_owner;
CREATE ROLE tidings_app LOGIN;
CREATE ROLE tidings_worker LOGIN;
CREATE ROLE tidings_auditor LOGIN;
CREATE ROLE tidings_retention LOGIN;
"""


@dataclass(frozen=True)
class Database:
    """Where a database listens: on the loopback address, for any role without a password."""

    port: int

    def url(self, role: str) -> str:
        """Its address for a role."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/tidings"


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a port that nobody listens on."""
    return processes.free_port


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that the servers' account can reach; pytest closes its own to other accounts."""
    with tempfile.TemporaryDirectory(prefix="tidings-system-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def postgres_15(folder: Path, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Database]:
    """A fresh cluster with the roles and an empty database."""
    initdb, postgres, psql = (program(name, "postgresql-15", BIN) for name in ("initdb", "postgres", "psql"))
    port = free_port()
    home = give(folder / f"postgres-{port}")
    subprocess.run(
        [initdb, "-D", str(home), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        stdout=subprocess.DEVNULL,
        user=account(),
        cwd="/",
        check=True,
    )
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": home, "fsync": "off"}
    command = [
        postgres,
        "-D",
        str(home),
        *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
    ]
    ask = [psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "postgres"]
    with server(*command, log=tmp_path / "postgres.log", ready=partial(_answers, ask), stop_with=signal.SIGINT):
        subprocess.run(ask, input=ROLES, text=True, check=True)
        yield Database(port)


@pytest.fixture
def pgbouncer(folder: Path, tmp_path: Path, postgres_15: Database, free_port: Callable[[], int]) -> Iterator[Database]:
    """A pooler that gives each transaction another connection: as few as can be, so that they are really shared."""
    bouncer = program("pgbouncer", "pgbouncer", "/usr/sbin")
    psql = program("psql", "postgresql-15", BIN)
    port = free_port()
    home = give(folder / f"pgbouncer-{port}")
    (home / "users.txt").write_text(
        "".join(f'"{role}" ""\n' for role in ("tidings_app", "tidings_worker", "tidings_owner"))
    )
    (home / "pgbouncer.ini").write_text(
        f"[databases]\ntidings = host=127.0.0.1 port={postgres_15.port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {home}/users.txt\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )
    ask = [psql, "-XqAt", "-h", "127.0.0.1", "-p", str(port), "-U", "tidings_app", "tidings"]
    command = (bouncer, str(home / "pgbouncer.ini"))
    with server(*command, log=tmp_path / "pgbouncer.log", ready=partial(_answers, ask), stop_with=signal.SIGINT):
        yield Database(port)


def _answers(ask: list[str]) -> bool:
    return subprocess.run([*ask, "-c", "SELECT 1"], capture_output=True, check=False).returncode == 0
