"""What takes nothing but pieces off an order, and what comes too late."""

from typing import Any

import pytest

from tests.fixtures.changes import euros
from tests.fixtures.facts import told
from tests.fixtures.wishes import ELSEWHERE, Desk
from tidings.changes.late import late_parts, takes_off
from tidings.orders.load import order_by_id
from tidings.storefronts.policy import ChangeRules

TEA, POT = {"sku": "TEA-01"}, {"sku": "POT-01", "name": "Pot", "quantity": 1, "unit_price": euros(5)}


@pytest.mark.parametrize(
    ("changes", "is_less"),
    [
        ({"lines": [TEA | {"quantity": 1}]}, True),
        ({"lines": [TEA | {"quantity": 1, "unit_price": euros(990)}]}, True),
        ({"lines": [TEA | {"quantity": 1}], **ELSEWHERE}, True),
        ({"lines": [TEA]}, False),
        ({"lines": [TEA | {"quantity": 3}]}, False),
        ({"lines": [TEA | {"quantity": 1}, POT]}, False),
        ({"lines": [POT]}, False),
        ({"lines": [TEA | {"quantity": 1, "unit_price": euros(1)}]}, False),
        ({"lines": [TEA | {"quantity": 1, "warranty_months": 60}]}, False),
        (ELSEWHERE, False),
        ({}, False),
    ],
)
async def test_less_is_less_of_the_same(desk: Desk, changes: dict[str, Any], *, is_less: bool) -> None:
    order_id = await desk.order()
    async with desk.begin(desk.shop.scope) as tx:
        assert takes_off(await order_by_id(tx, order_id), changes) is is_less


async def test_less_is_never_too_late_once_a_part_has_arrived(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, {"lines": [TEA | {"quantity": 1}], **ELSEWHERE})
    for status, late in (
        ("processing", []),
        ("partially_shipped", ["shipping_address", "lines"]),
        ("partially_delivered", ["shipping_address"]),
        ("delivered", ["shipping_address", "lines"]),
    ):
        await told(desk.begin, "UPDATE orders SET status = $1 RETURNING 1", status)
        async with desk.begin(desk.shop.scope) as tx:
            assert late_parts(await order_by_id(tx, order_id), held.row, ChangeRules()) == late
