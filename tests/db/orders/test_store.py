"""The hot statement by itself."""

from dataclasses import replace

import pytest

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place, placing
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.rows import Rows
from tidings.orders.place import Placing, _item
from tidings.orders.store import HALF_KEYED, Storing, store_orders


async def storing(begin: Begin, shop: Shop, clock: FixedClock, number: str, key: str | None = None) -> Storing:
    one: Placing = await placing(begin, shop, clock.now(), order_body(number=number), key=key, fingerprint=b"f")
    return _item(one, number, clock.now()).storing


async def test_what_is_stored_is_named(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    many = [await storing(begin, shop, clock, f"W-{n}", f"k-{n}" if n % 2 else None) for n in range(4)]
    async with begin.statement() as connection:
        assert await store_orders(connection, many) == {one.order["id"] for one in many}


async def test_an_order_whose_number_is_taken_is_left_out_with_all_of_its_rows(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await place(begin, shop, clock.now(), order_body(number="W-1"))
    taken, fresh = await storing(begin, shop, clock, "W-1", "k-1"), await storing(begin, shop, clock, "W-2")
    async with begin.statement() as connection:
        assert await store_orders(connection, [taken, fresh]) == {fresh.order["id"]}
        counts = [await connection.fetchval(f"SELECT count(*) FROM {t}") for t in ("events", "messages", "outbox")]
        assert counts == [2, 2, 2]
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_a_key_without_its_order_is_never_left_behind(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    """The race that the statement cannot see: its key goes in, its order does not."""
    first = await storing(begin, shop, clock, "W-1", "k-1")
    twin = replace(first, order={**first.order, "id": new_id()}, rest=Rows(), lines=())
    key = {**(first.key or {}), "key": "k-2", "order_id": twin.order["id"]}
    async with begin.statement() as connection:
        with pytest.raises(HALF_KEYED):
            await store_orders(connection, [first, replace(twin, key=key)])
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0
        assert await connection.fetchval("SELECT count(*) FROM orders") == 0
