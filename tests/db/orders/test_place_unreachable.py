"""The database goes away while a list is being placed: what is stored is told as stored, and is stored once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.db.orders.test_place import count
from tests.fixtures.orders import order_body, placing
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import Unavailable
from tidings.orders.place import Placed, place_orders


class Gone(Begin):
    """Cannot be reached any more once so many connections have been given out."""

    def __init__(self, begin: Begin, after: int) -> None:
        super().__init__(begin.engine)
        self._begin, self._left = begin, after

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[asyncpg.Connection]:
        if not self._left:
            raise ConnectionRefusedError
        self._left -= 1
        async with self._begin.statement() as connection:
            yield connection


class CutOff(Begin):
    """Its connections break as soon as anything is looked up on them; storing goes well."""

    def __init__(self, begin: Begin) -> None:
        super().__init__(begin.engine)
        self._begin = begin

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._begin.statement() as connection:
            yield _CutOff(connection)  # type: ignore[misc]


class _CutOff:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, *arguments: Any) -> Any:
        self._connection.terminate()
        return await self._connection.fetch(*arguments)


async def test_what_was_stored_before_is_told_and_the_rest_may_be_sent_again(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    twins = [await placing(begin, shop, clock.now(), order_body(number="W-1")) for _ in range(2)]
    rung: list[bool] = []
    gone = Gone(begin, after=1)
    gone.on_work = lambda: rung.append(True)
    outcomes = await place_orders([await placing(begin, shop, clock.now()), *twins], begin=gone, now=clock.now())
    assert [type(outcome) for outcome in outcomes] == [Placed, Placed, Unavailable]
    assert await count(begin, "orders") == 2
    assert rung == [True]


async def test_where_nothing_is_stored_the_failure_is_everybodys(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    with pytest.raises(ConnectionRefusedError):
        await place_orders([await placing(begin, shop, clock.now())], begin=Gone(begin, after=0), now=clock.now())


async def test_what_is_stored_is_not_stored_again_because_another_cannot_be_answered(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    taken = await placing(begin, shop, clock.now(), order_body(number="W-1"))
    await place_orders([taken], begin=begin, now=clock.now())
    outcomes = await place_orders(
        [await placing(begin, shop, clock.now()), taken], begin=CutOff(begin), now=clock.now()
    )
    assert [type(outcome) for outcome in outcomes] == [Placed, Unavailable]
    assert await count(begin, "orders") == await count(begin, "messages") == 2


async def test_one_by_one_too_what_is_stored_is_told(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    """A poison item has each tried by itself; the connection breaks at the one whose number is taken."""
    taken = await placing(begin, shop, clock.now(), order_body(number="W-1"))
    await place_orders([taken], begin=begin, now=clock.now())
    good, poison, last = [await placing(begin, shop, clock.now()) for _ in range(3)]
    poison.order.lines[0]["name"] = "Tea\x00"  # type: ignore[index]
    outcomes = await place_orders([good, poison, taken, last], begin=CutOff(begin), now=clock.now())
    assert isinstance(outcomes[0], Placed)
    assert not isinstance(outcomes[1], Placed | Unavailable)
    assert [type(outcome) for outcome in outcomes[2:]] == [Unavailable, Unavailable]
    assert await count(begin, "orders") == 2
