import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts
from tests.fixtures.shop import Shop
from tidings.documents.complete import complete_order
from tidings.kit.db import Begin
from tidings.orders.close import CloseOrder
from tidings.orders.errors import IllegalMove, OrderOnHold


async def test_a_delivered_order_is_closed(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="delivered")
    async with begin(shop.scope) as tx:
        order = await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())
    assert order.row.status == "completed"
    *_, fact = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["snapshot"]["order"]["status"]) == ("order.closed", "completed")


async def test_what_has_not_arrived_is_not_closed(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="shipped")
    with pytest.raises(IllegalMove):
        async with begin(shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())


async def test_an_open_issue_keeps_an_order_open(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="delivered", on_hold=True)
    with pytest.raises(OrderOnHold):
        async with begin(shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())
