import json

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.load import order_by_id, order_for_update
from tidings.orders.rewrite import replace_lines, rewrite


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


async def test_lines_are_replaced_under_their_numbers(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    lines = [{"sku": sku, "name": sku, "quantity": 1, "unit_price": {"amount": 5, "currency": "EUR"}} for sku in "ABCD"]
    total = {"amount": 20, "currency": "EUR"}
    order_id = await placed(begin, shop, clock, order_body(lines=lines, total=total, shipping=None))
    rows = checked(order_body(lines=lines, total=total, shipping=None), await rules_of(begin, shop), clock.now()).lines
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        await replace_lines(tx, order, [rows[1], {**rows[3], "line": 7}, {**rows[2], "quantity": 4}])
        held = [(line.line, line.sku, line.quantity) for line in order.lines]
    async with begin.reading(shop.scope) as tx:
        kept = await order_by_id(tx, order_id)
    assert held == [(line.line, line.sku, line.quantity) for line in kept.lines]
    assert held == [(2, "B", 1), (3, "C", 4), (7, "D", 1)]
    assert [line["line"] for line in json.loads(kept.json())["lines"]] == [2, 3, 7]
