"""Endpoints are read within one storefront and mode."""

from uuid import UUID

import pytest

from tests.fixtures.hooked import Hooks
from tests.fixtures.shop import Shop
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound
from tidings.webhooks.endpoint_queries import endpoint_by_id, endpoint_for_update, endpoints_page, number_of_endpoints


async def test_they_are_listed_newest_first_and_each_once(hooks: Hooks, other_shop: Shop) -> None:
    ids = [await hooks.add() for _ in range(5)]
    await hooks.add(other_shop.scope)
    listed: list[UUID] = []
    window = Window(limit=2)
    async with hooks.begin.reading(hooks.scope) as tx:
        assert await number_of_endpoints(tx) == 5
        while True:
            page = await endpoints_page(tx, window)
            listed += [row.id for row in page.items]
            if page.next_cursor is None:
                break
            window = Window(2, decode_cursor(page.next_cursor))
    assert listed == ids[::-1]


async def test_those_of_others_are_not_there(hooks: Hooks, shop: Shop, other_shop: Shop) -> None:
    endpoint = await hooks.add()
    for scope in (other_shop.scope, shop.live_scope):
        async with hooks.begin(scope) as tx:
            for read in (endpoint_by_id, endpoint_for_update):
                with pytest.raises(NotFound):
                    await read(tx, endpoint)
