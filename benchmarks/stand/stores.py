"""A real PostgreSQL and a real Valkey, and databases copied from templates."""

import pwd
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import redis
from typing_extensions import override

from tidings.cli.embedded.account import Account
from tidings.cli.embedded.folder import DataFolder
from tidings.cli.embedded.postgres import SETTINGS, Postgres
from tidings.cli.embedded.valkey import Valkey
from tidings.kit.migrations import migrate

# fsync is on, as everywhere but in tests. Log segments are recycled rather than made anew, and no checkpoint falls into
# a measurement but those that are asked for.
MEASURED_SETTINGS: Final = SETTINGS | {
    "shared_buffers": "512MB",
    "min_wal_size": "4GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "log_checkpoints": "off",
}
# So much log is written, and a checkpoint taken, before anything is measured: its segments are there to be recycled.
_LOG_MADE_BEFOREHAND: Final = """
DO $$ BEGIN
    FOR n IN 1 .. 64 LOOP
        PERFORM pg_logical_emit_message(false, 'benchmarks', repeat('x', 16000000));
    END LOOP;
END $$
"""
_SEGMENTS: Final = "SELECT count(*) FROM pg_ls_waldir()"
_ENOUGH_SEGMENTS: Final = 64
PREFIX: Final = "bench_"


class MeasuredPostgres(Postgres):
    """The embedded server, set up for a day's work."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._settings = MEASURED_SETTINGS

    @property
    def account(self) -> Account | None:
        """Who it runs as; None: as we do."""
        return self._account

    @override
    def _write_access_rules(self) -> None:
        """The server's own account, too: PgBouncer refuses to run as root, as Postgres does."""
        super()._write_access_rules()
        if self._account is not None:
            name = pwd.getpwuid(self._account.uid).pw_name
            with (self.home / "pg_ident.conf").open("a", encoding="utf-8") as rules:
                rules.write(f'tidings "{name}" all\n')


@dataclass(slots=True)
class Stores:
    """Both, running."""

    postgres: MeasuredPostgres
    valkey: Valkey

    def url(self, database: str, role: str = "tidings_app") -> str:
        """How a role connects."""
        return self.postgres.url(role, database)

    @asynccontextmanager
    async def admin(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection as superuser, to which no trigger and no foreign key applies: for setting up."""
        connection = await asyncpg.connect(self.url(database, "postgres"))
        try:
            await connection.execute("SET session_replication_role = replica")
            yield connection
        finally:
            await connection.close()

    async def create(self, name: str, template: str | None = None) -> str:
        """A database, in place of an older one of that name; migrated, or copied from another."""
        database = PREFIX + name
        async with self.admin("postgres") as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            source = f"TEMPLATE {PREFIX}{template} STRATEGY = FILE_COPY" if template else ""
            await connection.execute(f"CREATE DATABASE {database} OWNER tidings_owner {source}")
        if template is None:
            await migrate(self.url(database, "tidings_owner"))
        return database

    async def drop(self, name: str) -> None:
        """Done with a database."""
        async with self.admin("postgres") as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {PREFIX}{name} WITH (FORCE)")

    async def checkpoint(self) -> None:
        """Now, so that none falls into what comes next."""
        async with self.admin("postgres") as connection:
            await connection.execute("CHECKPOINT")

    async def log_position(self) -> int:
        """How many bytes of log have been written."""
        async with self.admin("postgres") as connection:
            return int(await connection.fetchval("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"))

    def flush_valkey(self) -> None:
        """Forget whatever an earlier run has left."""
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()

    def ring(self) -> None:
        """The doorbell: there is work."""
        with redis.Redis.from_url(self.valkey.url) as client:
            client.publish("tidings:work", b"")

    def listeners(self) -> int:
        """How many workers hear the doorbell."""
        with redis.Redis.from_url(self.valkey.url) as client:
            return int(client.pubsub_numsub("tidings:work")[0][1])

    async def version(self) -> str:
        """PostgreSQL's."""
        async with self.admin("postgres") as connection:
            return str(await connection.fetchval("SHOW server_version"))

    def valkey_version(self) -> str:
        """Valkey's."""
        with redis.Redis.from_url(self.valkey.url) as client:
            found = client.info("server")
        return str(found.get("valkey_version") or found.get("redis_version"))


@contextmanager
def running_stores(folder: Path) -> Iterator[Stores]:
    """Both on a folder of the benchmarks' own, which is kept for the next time."""
    with DataFolder(folder) as data:
        postgres = MeasuredPostgres(data.path)
        postgres.start()
        try:
            with Valkey(data.path) as valkey:
                yield Stores(postgres, valkey)
        finally:
            postgres.stop()


async def prepare(stores: Stores) -> None:
    """Clear away what a killed run has left, and have log segments ready."""
    stores.flush_valkey()
    async with stores.admin("postgres") as connection:
        left = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'")
        for row in left:
            await connection.execute(f"DROP DATABASE {row['datname']} WITH (FORCE)")
        if await connection.fetchval(_SEGMENTS) < _ENOUGH_SEGMENTS:
            await connection.execute(_LOG_MADE_BEFOREHAND)
        await connection.execute("CHECKPOINT")
