"""What its connections are told."""

import pytest

from tidings.kit.db import Begin
from tidings.kit.engine import create_engine


@pytest.mark.parametrize(
    ("pooler", "by_index", "told"), [(False, True, "off"), (False, False, "on"), (True, True, "on")]
)
async def test_kept_plans_go_by_index_and_a_pooler_is_told_nothing(
    database_url: str, *, pooler: bool, by_index: bool, told: str
) -> None:
    begin = Begin(create_engine(database_url, pool_size=1, pooler=pooler, by_index=by_index))
    async with begin.statement() as connection:
        assert await connection.fetchval("SHOW enable_seqscan") == told
    await begin.close()
