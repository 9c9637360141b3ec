"""An order is processed once it waits for nothing any more."""

from itertools import product

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.advance import advance
from tidings.orders.load import By, order_for_update
from tidings.orders.states import ORDER_STATUSES

CHECKS = ("pending", "passed", "failed")


async def test_it_waits_for_both_checks_and_for_every_issue(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        for status, payment, stock, on_hold in product(ORDER_STATUSES, CHECKS, CHECKS, (True, False)):
            row = order.row
            row.status, row.payment_check, row.stock_check, row.on_hold = status, payment, stock, on_hold
            facts = advance(order, By("staff/7", clock.now()))
            goes_on = (status, payment, stock, on_hold) == ("received", "passed", "passed", False)
            assert [fact.kind for fact in facts] == ["processing.started"] * goes_on
            assert row.status == ("processing" if goes_on else status)
