"""Numbers that tidings gives."""

import asyncio

from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.number import take_numbers


async def test_numbers_rise_and_are_never_given_twice(begin: Begin, shop: Shop) -> None:
    async def take(count: int) -> list[str]:
        async with begin.statement() as connection:
            return await take_numbers(connection, shop.scope, count)

    taken = [number for many in await asyncio.gather(*(take(n % 3 + 1) for n in range(20))) for number in many]
    assert len(taken) == len(set(taken))
    assert min(taken) == "T-10001"
    assert max(taken) == f"T-{10_000 + len(taken)}"


async def test_each_mode_has_a_series_of_its_own(begin: Begin, shop: Shop) -> None:
    async with begin.statement() as connection:
        assert await take_numbers(connection, shop.scope, 2) == ["T-10001", "T-10002"]
        assert await take_numbers(connection, shop.live_scope, 1) == ["T-10001"]
