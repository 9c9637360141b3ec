"""The schema's versions: bringing a database up to ours, and telling whether it is there."""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tidings.kit.engine import asyncpg_url

# Any number, the same for everybody: two containers that start together migrate one after the other.
LOCK = 7_243_115_946
_LOOK_AGAIN_SECONDS = 0.1


def folder() -> Path:
    """Where the migrations are: packed inside the wheel, or beside `src` in a checkout."""
    package = Path(__file__).parents[1]
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parents[1] / "migrations"


def config() -> Config:
    """Alembic's configuration without a file."""
    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    return made


async def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision, `head` being the newest.

    Args:
        url: `postgresql://…` as tidings_owner; straight to Postgres, not through a pooler (a session lock is held).
        revision: where to.
    """
    await _on_connection(url, lambda connection: command.upgrade(_config_on(connection), revision))


async def migrate_back(url: str, revision: str) -> None:
    """Take a database back to a revision, `base` being empty."""
    await _on_connection(url, lambda connection: command.downgrade(_config_on(connection), revision))


def _config_on(connection: Connection) -> Config:
    made = config()
    made.attributes["connection"] = connection
    return made


async def _on_connection(url: str, work: Callable[[Connection], None]) -> None:
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await _wait_for_turn(connection)
            # The lock goes with the connection.
            await connection.run_sync(work)
            await connection.commit()
    finally:
        await asyncio.shield(engine.dispose())


async def _wait_for_turn(connection: AsyncConnection) -> None:
    """One migrates at a time.

    Asked for again and again, each time in a transaction of its own: an index that is built concurrently waits for
    everybody's transaction, and so for whoever waited in one for the lock.
    """
    while not (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})).scalar_one():
        await connection.commit()
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    await connection.commit()


@cache
def head_of() -> str:
    """The newest revision that this code knows."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        message = f"no migrations in {folder()}"
        raise LookupError(message)
    return head


@cache
def known_revisions() -> frozenset[str]:
    """Every revision that this code knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())


async def current(raw: asyncpg.Connection) -> str | None:
    """The database's revision; None when it was never migrated."""
    try:
        revision: str | None = await raw.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision


async def is_behind(raw: asyncpg.Connection) -> bool:
    """Whether the database lacks migrations that this code needs.

    A revision that this code does not know is a newer one: during a deployment the database goes first, and the old
    code runs on.
    """
    found = await current(raw)
    return found is None or (found in known_revisions() and found != head_of())
