"""What the database itself holds a version to."""

import asyncpg
import pytest

from tests.db.templates.stored.conftest import BORIS
from tidings.kit.problem import NotFound
from tidings.templates.stored.errors import TemplateAuthor, TemplateStep
from tidings.templates.stored.load import (
    lock_milestone,
    refuse_author,
    require_draft,
    require_step,
    version_by_id,
    version_for_update,
)
from tidings.templates.stored.rules import Hand


async def test_a_version_is_its_storefronts_and_its_modes_alone(begin, shop, other_shop, draft) -> None:
    row = await draft()
    async with begin(shop.scope) as tx:
        assert (await version_for_update(tx, row.id)).version == 101
        assert [each.id for each in await lock_milestone(tx, "order_confirmation")] == [row.id]
    for scope, version_id in ((shop.live_scope, row.id), (other_shop.scope, row.id), (shop.scope, None)):
        async with begin(scope) as tx:
            with pytest.raises(NotFound):
                await version_by_id(tx, version_id)


async def test_a_step_that_is_not_there_says_which_are(draft) -> None:
    row = await draft()
    with pytest.raises(TemplateStep) as told:
        require_step(row, "published", "publish")
    assert told.value.members["possible"] == ["change", "submit", "discard"]
    row.status = "published"
    with pytest.raises(TemplateStep):
        require_draft(row)


async def test_an_author_is_refused_whatever_the_key(draft) -> None:
    row = await draft()
    refuse_author(row, BORIS)
    for hand in (Hand("staff/anna", "agency"), Hand("teahouse-test", "teahouse-test")):
        with pytest.raises(TemplateAuthor):
            refuse_author(row, hand)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("wording = '{}'", "stay as they are"),
        ("layout = '{}'", "stay as they are"),
        ("sha256 = ''", "stay as they are"),
        ("version = 500", "stay as they are"),
        ("compiled = '{}'", "made ready when it is published"),
    ],
)
async def test_nobody_rewords_what_was_published_not_even_the_owner(
    owner_database_url, publish, change: str, told: str
) -> None:
    row = await publish()
    connection = await asyncpg.connect(owner_database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=told):
            await connection.execute(f"UPDATE template_versions SET {change} WHERE id = $1", row.id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is kept"):
            await connection.execute("DELETE FROM template_versions WHERE id = $1", row.id)
    finally:
        await connection.close()


async def test_two_versions_of_a_milestone_are_never_in_force_together(begin, publish, draft) -> None:
    await publish()
    other = await draft()
    with pytest.raises(asyncpg.UniqueViolationError):
        async with begin.across() as tx:
            await tx.raw.execute("UPDATE template_versions SET status = 'published' WHERE id = $1", other.id)
