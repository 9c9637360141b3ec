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


async def test_back_to_one_suppression_an_address_the_weightiest_that_stands_is_kept(
    postgres: Postgres, bare_database: str
):
    url = postgres.url("tidings_owner", bare_database)
    await migrate(url)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            """
            INSERT INTO suppressions (storefront_id, id, mode, channel, address, reason, source, created_at, ends_at)
            SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'test', 'sms', address, reason, 'x',
                   now(), ends_at
            FROM (VALUES ('+1', 'hard_bounce', NULL), ('+1', 'opt_out', NULL), ('+1', 'manual', now()),
                         ('+2', 'hard_bounce', NULL)) AS s (address, reason, ends_at)
            """
        )
        await migrate_back(url, "202611292310")
        kept = await connection.fetch("SELECT address, reason FROM suppressions ORDER BY address")
        assert [tuple(row) for row in kept] == [("+1", "opt_out"), ("+2", "hard_bounce")]
        await migrate(url)
        assert await connection.fetchval("SELECT count(*) FROM suppressions") == 2
    finally:
        await connection.close()
