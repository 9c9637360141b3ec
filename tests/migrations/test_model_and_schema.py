"""What the migrations make is what the model says, down to every constraint and index."""

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tidings.cli.embedded.postgres import Postgres
from tidings.kit.engine import asyncpg_url
from tidings.schema import metadata

# One line per column, constraint and index. Alembic's own comparison does not see CHECK constraints.
CATALOGUE = """
    SELECT format('%s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN 'not null' END, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('%s: %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
HOT = ("attempts", "deadlines", "errands", "inbox", "messages", "outbox")


async def _fetch(url: str, query: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {row[0] for row in await connection.fetch(query)}
    finally:
        await connection.close()


def _without_alembic(lines: set[str]) -> set[str]:
    return {line for line in lines if "alembic_version" not in line}


async def test_the_migrated_schema_is_the_model(postgres: Postgres, owner_database_url: str, bare_database: str):
    bare = postgres.url("tidings_owner", bare_database)
    engine = create_async_engine(asyncpg_url(bare), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()

    modelled = await _fetch(bare, CATALOGUE)
    migrated = _without_alembic(await _fetch(owner_database_url, CATALOGUE))

    assert sorted(modelled - migrated) == [], "in the model and not in the migrations"
    assert sorted(migrated - modelled) == [], "in the migrations and not in the model"


async def test_hot_tables_are_vacuumed_by_count(owner_database_url: str):
    options = "SELECT unnest(reloptions) FROM pg_class WHERE relname = '{}'"
    for table in HOT:
        found = await _fetch(owner_database_url, options.format(table))
        assert {"autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=20000"} <= found, table


async def test_every_key_of_a_storefronts_own_data_contains_the_storefront(owner_database_url: str):
    """So that the tables can be spread over many servers by storefront (the three reference tables excepted)."""
    keys = """
        SELECT c.relname || ': ' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f')
           AND c.relname NOT IN ('storefronts', 'api_keys', 'connections', 'alembic_version')
           AND NOT EXISTS (
               SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey) AND a.attname = 'storefront_id')
           -- a reference to a reference table needs no storefront in it: every server has the whole of that table
           AND NOT (k.contype = 'f' AND k.confrelid IN ('storefronts'::regclass, 'connections'::regclass))
    """
    assert await _fetch(owner_database_url, keys) == set()
