"""PgBouncer in transaction mode before the benchmarks' Postgres, where the Debian package `pgbouncer` is installed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from benchmarks.stand.processes import LOGS, DidNotComeUp, cpu_seconds
from benchmarks.stand.product import Product
from benchmarks.stand.stores import MeasuredPostgres, Stores
from tidings.cli.embedded.folder import private_folder

# Server connections for each role and database: what all processes behind it share.
SERVER_CONNECTIONS: Final = 10
_PATIENCE: Final = 15.0
_SETTINGS: Final = """\
[databases]
* = host={sockets} port=5432
[pgbouncer]
listen_addr =
listen_port = 5432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 1000
ignore_startup_parameters = extra_float_digits
"""


def installed() -> str | None:
    """Where PgBouncer is; None: nowhere."""
    return shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


@dataclass(frozen=True, slots=True)
class PooledProduct(Product):
    """tidings behind a pooler."""

    pooler: "Pooler"

    @override
    def environment(self, database: str) -> dict[str, str]:
        """The same, by way of the pooler."""
        told = Product.environment(self, database)
        straight, pooled = str(self.stores.postgres.sockets), str(self.pooler.folder)
        urls = {name: told[name].replace(straight, pooled) for name in told if name.startswith("TIDINGS_DATABASE_")}
        return told | urls | {"TIDINGS_DATABASE_POOLER": "true"}


@dataclass(frozen=True, slots=True)
class Pooler:
    """A PgBouncer that runs."""

    folder: Path
    pid: int

    def cpu_seconds(self) -> float:
        """CPU time so far."""
        return cpu_seconds(self.pid)


@contextmanager
def pooler(program: str, stores: Stores) -> Iterator[Pooler]:
    """One, from here to the end of the block."""
    postgres = stores.postgres
    folder = _prepared(postgres)
    log = LOGS / "pgbouncer.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [program, str(folder / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/",
            user=postgres.account.uid if postgres.account else None,
            group=postgres.account.gid if postgres.account else None,
            extra_groups=[] if postgres.account else None,
        )  # fmt: skip
    try:
        _wait(child, folder / ".s.PGSQL.5432", log)
        yield Pooler(folder, child.pid)
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)


def _prepared(postgres: MeasuredPostgres) -> Path:
    owner = (postgres.account.uid, postgres.account.gid) if postgres.account else None
    folder = private_folder(postgres.sockets.parent / "pooler", owner)
    (folder / ".s.PGSQL.5432").unlink(missing_ok=True)
    roles = ("tidings_app", "tidings_worker")
    (folder / "users.txt").write_text("".join(f'"{role}" ""\n' for role in roles), "utf-8")
    settings = _SETTINGS.format(sockets=postgres.sockets, folder=folder, connections=SERVER_CONNECTIONS)
    (folder / "pgbouncer.ini").write_text(settings, "utf-8")
    return folder


def _wait(child: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not socket.exists():
        if child.poll() is not None or time.monotonic() > deadline:
            message = f"pgbouncer did not come up:\n{log.read_text('utf-8', errors='replace')[-2000:]}"
            raise DidNotComeUp(message)
        time.sleep(0.02)
