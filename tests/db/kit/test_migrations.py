"""The schema's versions: whether a database is where the code needs it."""

import asyncio

import asyncpg
import pytest

from tidings.cli.embedded.postgres import Postgres
from tidings.kit.db import Begin
from tidings.kit.migrations import current, folder, head_of, is_behind, known_revisions, migrate
from tidings.kit.ready import migrated_to

SET = "UPDATE alembic_version SET version_num = $1"


@pytest.fixture
async def restored(owner_database_url: str):
    """The revision as it was, after a test that has changed it."""
    connection = await asyncpg.connect(owner_database_url)
    yield connection
    await connection.execute(SET, head_of())
    await connection.close()


def test_the_migrations_are_found_beside_the_source():
    assert (folder() / "env.py").is_file()
    assert head_of() in known_revisions()


async def test_a_database_that_was_never_migrated_is_behind(postgres: Postgres, bare_database: str):
    connection = await asyncpg.connect(postgres.url("tidings_owner", bare_database))
    try:
        assert await current(connection) is None
        assert await is_behind(connection)
    finally:
        await connection.close()


async def test_a_database_at_our_head_is_not_behind_and_is_ready(restored: asyncpg.Connection, begin: Begin):
    assert await current(restored) == head_of()
    assert not await is_behind(restored)
    assert await migrated_to(begin, head_of()).holds()


async def test_a_database_that_is_ahead_of_this_code_is_ready(restored: asyncpg.Connection, begin: Begin):
    """A deployment migrates first; the old code must not be taken out of service by it."""
    await restored.execute(SET, "of the next release")
    assert not await is_behind(restored)
    assert await migrated_to(begin, head_of()).holds()


async def test_a_database_at_an_older_revision_is_not_ready(restored: asyncpg.Connection, begin: Begin):
    assert not await migrated_to(begin, "of the next release").holds()


async def test_two_that_migrate_at_once_do_it_one_after_the_other(postgres: Postgres, bare_database: str):
    url = postgres.url("tidings_owner", bare_database)
    await asyncio.gather(migrate(url), migrate(url))
    connection = await asyncpg.connect(url)
    try:
        assert await current(connection) == head_of()
    finally:
        await connection.close()
