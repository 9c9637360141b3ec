import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, records, tasks
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.errors import IllegalMove


async def test_a_cancellation_is_a_fact_with_its_reason(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        order = await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/7"), now=clock.now())
    assert (order.row.status, order.row.version) == ("cancelled", 2)
    *_, fact = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["actor"], fact["order_seq"]) == ("order.cancelled", "staff/7", 2)
    assert fact["snapshot"]["order"]["status"] == "cancelled"
    *_, record = await records(begin, shop, order_id)
    assert (record["kind"], record["data"]["reason"]) == ("order.cancelled", "out of stock")


async def test_nothing_is_asked_of_anybody_about_a_cancelled_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    assert await tasks(begin, shop, order_id) == [("complete_order", "open")]
    async with begin(shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "never paid", "staff/7"), now=clock.now())
    assert await tasks(begin, shop, order_id) == [("complete_order", "dropped")]


async def test_an_order_on_hold_can_be_cancelled(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, on_hold=True)
    async with begin(shop.scope) as tx:
        order = await cancel_order(tx, CancelOrder(order_id, "lost", "staff/7"), now=clock.now())
    assert order.row.status == "cancelled"


async def test_what_has_left_is_not_cancelled(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="shipped")
    with pytest.raises(IllegalMove):
        async with begin(shop.scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "late", "staff/7"), now=clock.now())
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == ["order.placed"]


async def test_anothers_order_is_not_there(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    with pytest.raises(NotFound):
        async with begin(shop.live_scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "x", "staff/7"), now=clock.now())
