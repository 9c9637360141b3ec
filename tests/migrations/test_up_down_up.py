"""Migrations run forward, backward and forward again, and end in what the model says."""

import asyncpg

from tidings.cli.embedded.postgres import Postgres
from tidings.kit.migrations import migrate, migrate_back


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    finally:
        await connection.close()
    return {row["relname"] for row in rows}


async def test_up_down_and_up_again_end_in_the_same_tables(postgres: Postgres, bare_database: str):
    url = postgres.url("tidings_owner", bare_database)
    await migrate(url)
    first = await _tables(url)
    await migrate_back(url, "base")
    assert await _tables(url) == {"alembic_version"}
    await migrate(url)
    assert await _tables(url) == first
    assert "orders" in first
