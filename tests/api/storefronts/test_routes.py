"""The shop's own data over HTTP."""

import httpx

from tests.fixtures.shop import Shop


async def test_the_storefront_is_the_keys_own(api: httpx.AsyncClient, shop: Shop) -> None:
    answer = await api.get("/v1/storefront")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["slug"] == shop.slug
    assert answer.json()["policy"] == {"order_number_prefix": "T-"}
