from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput
from tidings.orders.queries import CustomerSearch, OrderFilter, orders_page


async def test_every_filter_narrows_the_list(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    at = clock.now()
    mine = await placed(
        begin, shop, clock, order_body(number="A-1", placed_at="2026-11-01T00:00:00Z"), status="shipped",
        updated_at=at + timedelta(hours=1), on_hold=True,
    )  # fmt: skip
    await placed(begin, shop, clock, order_body(number="A-2", placed_at="2026-11-20T00:00:00Z"))
    noon = datetime(2026, 11, 10, 12, tzinfo=UTC)
    for asked in (
        OrderFilter(status="shipped"),
        OrderFilter(number="A-1"),
        OrderFilter(placed_before=noon),
        OrderFilter(updated_after=at),
        OrderFilter(on_hold=True),
        OrderFilter("shipped", "A-1", None, noon, at, True),  # noqa: FBT003 - in the fields' order
    ):
        async with begin.reading(shop.scope) as tx:
            assert [o.row.id for o in (await orders_page(tx, asked, Window())).items] == [mine], asked
    async with begin.reading(shop.scope) as tx:
        later = await orders_page(tx, OrderFilter(placed_after=noon), Window())
        nothing = await orders_page(tx, OrderFilter(status="shipped", number="A-2"), Window())
    assert [o.row.number for o in later.items] == ["A-2"]
    assert (nothing.items, nothing.next_cursor) == ([], None)


async def test_a_list_goes_on_where_it_stopped_whatever_came_between(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    ids = [await placed(begin, shop, clock) for _ in range(3)]
    async with begin.reading(shop.scope) as tx:
        first = await orders_page(tx, OrderFilter(), Window(limit=2))
    await placed(begin, shop, clock)
    assert first.next_cursor is not None
    async with begin.reading(shop.scope) as tx:
        rest = await orders_page(tx, OrderFilter(), Window(limit=2, after=decode_cursor(first.next_cursor)))
    assert [o.row.id for o in [*first.items, *rest.items]] == ids[::-1]
    assert [len(o.lines) for o in first.items] == [1, 1]
    with pytest.raises(InvalidInput):
        async with begin.reading(shop.scope) as tx:
            await orders_page(tx, OrderFilter(), Window(after=("x",)))


async def test_customers_are_found_by_any_or_all_of_what_is_known(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    mine = await placed(begin, shop, clock, order_body(customer={"email": "Ada@shop.test", "name": "100% Ada_B"}))
    await placed(begin, shop, clock)
    for search in (
        CustomerSearch(email="aDA@SHOP.test"),
        CustomerSearch(name="100%"),
        CustomerSearch(name="ada_b"),
        CustomerSearch("ada@shop.test", "+15005550101", "ADA"),
    ):
        async with begin.reading(shop.scope) as tx:
            assert [o.row.id for o in (await orders_page(tx, search, Window())).items] == [mine], search
    async with begin.reading(shop.scope) as tx:
        assert len((await orders_page(tx, CustomerSearch(phone="+15005550101"), Window())).items) == 2
