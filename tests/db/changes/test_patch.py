"""Changes are laid upon the order as it would be posted today, and judged as a whole."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fixtures.changes import euros
from tests.fixtures.orders import order_body
from tests.fixtures.wishes import Desk
from tidings.changes.load import setting_of
from tidings.changes.patch import Patched, patched
from tidings.kit.problem import Fault
from tidings.orders.load import order_by_id
from tidings.orders.ports import Article


async def laid(desk: Desk, changes: dict[str, Any], body: object = None) -> Patched | list[Fault]:
    order_id = await desk.order(body)
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_by_id(tx, order_id)
        return patched(order, changes, await setting_of(tx, order, desk.clock.now()))


@pytest.mark.parametrize(
    ("changes", "parts", "total"),
    [
        ({"shipping_address": {"line2": "3rd floor"}}, ("shipping_address",), 2470),
        ({"billing_address": {"name": "Bob"}}, ("billing_address",), 2470),
        ({"customer": {"phone": None}}, ("contact",), 2470),
        ({"estimated_delivery": {"to": "2026-12-24"}}, ("delivery_date",), 2470),
        ({"lines": [{"sku": "TEA-01", "quantity": 1}]}, ("lines",), 1480),
        ({"lines": [{"sku": "TEA-01", "tax_rate": "0.19"}]}, ("lines",), 2470),
        ({"lines": [{"sku": "TEA-01"}, {"sku": "TEA-01", "name": "Gift"}]}, ("lines",), 4450),
        (
            {"customer": {"email": "ada@shop.test"}, "shipping_address": {"line1": "x"}},
            ("shipping_address", "contact"),
            2470,
        ),
    ],
)
async def test_what_differs_is_named_as_the_policy_does(
    desk: Desk, changes: dict[str, Any], parts: tuple[str, ...], total: int
) -> None:
    found = await laid(desk, changes)
    assert isinstance(found, Patched), found
    assert (found.parts, found.checked.total) == (parts, total)


async def test_net_prices_are_taxed_in_the_new_total(desk: Desk) -> None:
    body = order_body(prices_include_tax=False, shipping=None, total=euros(2119))
    found = await laid(desk, {"lines": [{"sku": "TEA-01", "quantity": 1}]}, body)
    assert isinstance(found, Patched)
    assert found.checked.total == 1059


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"lines": [{"sku": "TEA-01", "quantity": 2, "kind": "product"}]}, ["/changes"]),
        ({"customer": {"email": "delivered@SANDBOX.test"}}, ["/changes"]),
        ({"customer": {"email": None}}, ["/changes/customer/email"]),
        ({"lines": [{"sku": "TEA-01", "unit_price": {"amount": 5, "currency": "USD"}}]},
         ["/changes/lines/0/unit_price/currency"]),
        ({"lines": [{"sku": "POT-01", "quantity": 1}]}, ["/changes/lines/0/name", "/changes/lines/0/unit_price"]),
        ({"estimated_delivery": {"from": "2027-01-02", "to": "2027-01-01"}}, ["/changes/estimated_delivery/to"]),
    ],
)  # fmt: skip
async def test_what_is_wrong_or_no_change_is_told(desk: Desk, changes: dict[str, Any], pointers: list[str]) -> None:
    found = await laid(desk, changes)
    assert isinstance(found, list), found
    assert [fault.pointer for fault in found] == pointers


async def test_what_is_new_must_be_sold_and_what_was_ordered_was(desk: Desk) -> None:
    order_id = await desk.order()
    lines = [{"sku": "TEA-01", "quantity": 3}, {"sku": "POT-01", "name": "Pot", "quantity": 1, "unit_price": euros(5)}]
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_by_id(tx, order_id)
        where = await setting_of(tx, order, desk.clock.now())
        unknown = patched(order, {"lines": lines}, replace(where, articles={}))
        known = patched(order, {"lines": lines}, replace(where, articles={"POT-01": Article("POT-01")}))
    assert isinstance(unknown, list)
    assert [fault.pointer for fault in unknown] == ["/changes/lines/1/sku"]
    assert isinstance(known, Patched)
