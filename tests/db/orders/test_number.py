"""Numbers that tidings gives."""

import asyncio
from dataclasses import replace

from tests.fixtures.orders import rules_of
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.number import number_of, take_numbers
from tidings.storefronts.policy import Policy


async def test_numbers_rise_and_are_never_given_twice(begin: Begin, shop: Shop) -> None:
    async def take(count: int) -> range:
        async with begin.statement() as connection:
            return await take_numbers(connection, shop.scope, count)

    taken = [figure for many in await asyncio.gather(*(take(n % 3 + 1) for n in range(20))) for figure in many]
    assert sorted(taken) == list(range(10_001, 10_001 + len(taken)))


async def test_each_mode_has_a_series_of_its_own(begin: Begin, shop: Shop) -> None:
    async with begin.statement() as connection:
        assert await take_numbers(connection, shop.scope, 2) == range(10_001, 10_003)
        assert await take_numbers(connection, shop.live_scope, 1) == range(10_001, 10_002)


async def test_a_shops_policy_says_what_its_numbers_begin_with(begin: Begin, shop: Shop) -> None:
    rules = await rules_of(begin, shop)
    assert number_of(10_001, rules) == "T-10001"
    assert number_of(10_001, replace(rules, policy=Policy(order_number_prefix="W/"))) == "W/10001"
