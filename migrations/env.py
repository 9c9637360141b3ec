"""How Alembic reaches the database: over a connection that it is handed, or, by hand, over TIDINGS_DATABASE_* settings.

`tidings migrate` hands one over (kit/migrations.py). `alembic revision --autogenerate` and friends come here on their
own, through alembic.ini.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tidings.kit.engine import asyncpg_url
from tidings.schema import metadata
from tidings.settings import Settings

# A migration that waits for a lock makes everybody behind it wait too: better it fails, and is tried again.
TIMEOUTS = ("SET lock_timeout = '4s'", "SET statement_timeout = '60s'")


def main() -> None:
    """Run what was asked for."""
    if context.is_offline_mode():
        _print_sql()
    elif (connection := context.config.attributes.get("connection")) is not None:
        _run(connection)
    else:
        asyncio.run(_connect_and_run())


def _run(connection: Connection) -> None:
    for statement in TIMEOUTS:
        connection.exec_driver_sql(statement)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        # So that one migration of several may leave its transaction (an index built concurrently).
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect_and_run() -> None:
    database = Settings().database
    url = database.migration_url or database.url
    if url is None:
        message = "set TIDINGS_DATABASE_MIGRATION_URL or TIDINGS_DATABASE_URL"
        raise SystemExit(message)
    engine = create_async_engine(asyncpg_url(url.get_secret_value()), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


def _print_sql() -> None:
    context.configure(
        dialect_name="postgresql",
        # Else every % is printed twice.
        dialect_opts={"paramstyle": "named"},
        target_metadata=metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    for statement in TIMEOUTS:
        context.execute(statement)
    with context.begin_transaction():
        context.run_migrations()


main()
