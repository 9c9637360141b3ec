"""The database answers and is migrated."""

from tidings.kit.db import Begin
from tidings.kit.migrations import head_of
from tidings.kit.ready import examine, migrated_to


async def test_a_migrated_database_is_ready(begin: Begin) -> None:
    assert await examine([migrated_to(begin, head_of())]) == ("ready", {"database": True})


async def test_a_database_of_another_revision_is_not(begin: Begin) -> None:
    assert await examine([migrated_to(begin, "of tomorrow")]) == ("not_ready", {"database": False})
