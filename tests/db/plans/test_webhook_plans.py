"""Looking for endpoints with news costs by the endpoints, not by the events that were ever told."""

import pytest

from tests.db.plans.test_hot_plans import ExplainingBegin, grown
from tests.fixtures.hooked import Hooks
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.webhooks.fetch import Fetching, fetch_endpoints

pytestmark = pytest.mark.timeout(120)

_COPIES = """
INSERT INTO webhook_endpoints (storefront_id, id, mode, url, types, secret, cursor_xid, cursor_sequence, due_at,
    version, created_at, updated_at)
SELECT storefront_id, gen_random_uuid(), mode, url, types, secret, cursor_xid, cursor_sequence, due_at,
    1, now(), now()
FROM webhook_endpoints, generate_series(1, 500)
"""


@pytest.fixture
async def history(begin: Begin, shop: Shop, owner_database_url: str) -> int:
    return await grown(begin, shop, owner_database_url, 10_000)


async def test_endpoints_with_news_are_found_without_reading_the_log(
    history: int, hooks: Hooks, database_url: str
) -> None:
    await hooks.add()
    async with hooks.begin.across() as tx:
        await tx.raw.execute(_COPIES)
    explaining = ExplainingBegin(database_url)
    assert await fetch_endpoints(explaining, hooks.clock.now(), Fetching()) == []
    await hooks.tell()
    assert len(await fetch_endpoints(explaining, hooks.clock.now(), Fetching())) == Fetching().most_of_one_shop
    await explaining.close()
    assert explaining.seen == []
