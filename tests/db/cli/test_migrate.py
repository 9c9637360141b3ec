"""`tidings migrate`"""

import asyncpg
import pytest

from tests.fixtures.command_line import Tidings
from tidings.bootstrap import NotConfigured
from tidings.cli.embedded.postgres import Postgres
from tidings.cli.migrate import migration_url
from tidings.kit.migrations import current, head_of
from tidings.settings import DatabaseSettings, Settings


async def revision(url: str) -> str | None:
    connection = await asyncpg.connect(url)
    try:
        return await current(connection)
    finally:
        await connection.close()


def test_an_empty_database_is_brought_up_to_date_and_again_is_no_harm(
    tidings: Tidings, settings_environment: pytest.MonkeyPatch, postgres: Postgres, bare_database: str
):
    url = postgres.url("tidings_owner", bare_database)
    settings_environment.setenv("TIDINGS_DATABASE_MIGRATION_URL", url)
    for _ in range(2):
        done = tidings("migrate")
        assert (done.exit_code, done.stdout) == (0, f"The database is at revision {head_of()}.\n")


async def test_it_ends_at_our_head(postgres: Postgres, owner_database_url: str):
    assert await revision(owner_database_url) == head_of()


def test_the_owners_address_goes_before_the_applications():
    both = Settings(database=DatabaseSettings(url="postgresql://app@x/t", migration_url="postgresql://owner@x/t"))
    assert migration_url(both) == "postgresql://owner@x/t"
    assert migration_url(Settings(database=DatabaseSettings(url="postgresql://app@x/t"))) == "postgresql://app@x/t"


def test_without_an_address_it_says_what_to_set():
    with pytest.raises(NotConfigured, match="TIDINGS_DATABASE_MIGRATION_URL"):
        migration_url(Settings(database=DatabaseSettings()))


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    tidings: Tidings, settings_environment: pytest.MonkeyPatch
):
    settings_environment.setenv("TIDINGS_DATABASE_MIGRATION_URL", "postgresql://owner@127.0.0.1:1/tidings")
    done = tidings("migrate")
    assert done.exit_code == 1
    assert done.stderr.startswith("tidings: the stores do not do what is asked of them: ")
    assert "Traceback" not in done.stderr
