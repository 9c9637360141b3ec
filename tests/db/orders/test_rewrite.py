import json

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.load import order_by_id, order_for_update
from tidings.orders.rewrite import rewrite


async def test_an_order_becomes_what_was_checked(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(lines=None))
    whole = checked(order_body(customer={"name": "Ada King"}), await rules_of(begin, shop), clock.now())
    async with begin(shop.scope) as tx:
        rewrite(tx, await order_for_update(tx, order_id), whole)
    async with begin.reading(shop.scope) as tx:
        order = await order_by_id(tx, order_id)
    assert (order.row.customer_name, order.row.missing) == ("Ada King", [])
    assert order.row.details == json.loads(whole.details)
    assert [(line.line, line.sku, line.unit_price) for line in order.lines] == [(1, "TEA-01", 990)]
    # The verb's own business.
    assert (order.row.status, order.row.version, order.row.last_seq) == ("incomplete", 1, 1)


async def test_lines_that_there_are_stay(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    same = checked(order_body(), await rules_of(begin, shop), clock.now())
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        lines = order.lines
        rewrite(tx, order, same)
        assert order.lines is lines
