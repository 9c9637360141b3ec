"""The hot statement by itself."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place, placing, rules_of
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.rows import Rows
from tidings.milestones.facts import Fact
from tidings.milestones.follow import consequences
from tidings.orders.placing import Placing, item_of
from tidings.orders.store import HALF_KEYED, Storing, store_orders


async def storing(
    begin: Begin, shop: Shop, clock: FixedClock, number: str, key: str | None = None
) -> tuple[Storing, Fact]:
    one: Placing = await placing(begin, shop, clock.now(), order_body(number=number), key=key, fingerprint=b"f")
    item = item_of(one, number, clock.now())
    return item.storing, item.fact


async def store(begin: Begin, shop: Shop, *many: tuple[Storing, Fact]) -> set[UUID]:
    rest = consequences([fact for _, fact in many], {shop.id: await rules_of(begin, shop)})
    async with begin.statement() as connection:
        return await store_orders(connection, [storing for storing, _ in many], rest)


async def test_what_is_stored_is_named(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    many = [await storing(begin, shop, clock, f"W-{n}", f"k-{n}" if n % 2 else None) for n in range(4)]
    assert await store(begin, shop, *many) == {one.order["id"] for one, _ in many}


async def test_an_order_whose_number_is_taken_is_left_out_with_all_of_its_rows(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await place(begin, shop, clock.now(), order_body(number="W-1"))
    taken, fresh = await storing(begin, shop, clock, "W-1", "k-1"), await storing(begin, shop, clock, "W-2")
    assert await store(begin, shop, taken, fresh) == {fresh[0].order["id"]}
    async with begin.statement() as connection:
        counts = [await connection.fetchval(f"SELECT count(*) FROM {t}") for t in ("events", "messages", "outbox")]
        assert counts == [2, 2, 2]
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_a_key_without_its_order_is_never_left_behind(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    """The race that the statement cannot see: its key goes in, its order does not."""
    first, _ = await storing(begin, shop, clock, "W-1", "k-1")
    twin = replace(first, order={**first.order, "id": new_id()}, lines=())
    key = {**(first.key or {}), "key": "k-2", "order_id": twin.order["id"]}
    async with begin.statement() as connection:
        with pytest.raises(HALF_KEYED):
            await store_orders(connection, [first, replace(twin, key=key)], Rows())
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0
        assert await connection.fetchval("SELECT count(*) FROM orders") == 0
