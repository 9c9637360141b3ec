"""What has left: its price, and the parcels that might still be called back."""

from uuid import UUID

import pytest

from tests.fixtures.changes import euros
from tests.fixtures.facts import told
from tests.fixtures.wishes import Desk
from tidings.changes.load import setting_of
from tidings.changes.patch import patched
from tidings.changes.sent import faults_of_sent, lines_after, sent_goods, under_way
from tidings.kit.problem import Fault
from tidings.orders.load import order_by_id
from tidings.shipments.load import parcels_of

SENT = """
INSERT INTO shipments (storefront_id, order_id, id, status, lines, dispatched_at)
SELECT storefront_id, id, gen_random_uuid(), $1, '[{"line": 1, "quantity": 1}]', now() FROM orders RETURNING 1
"""


async def test_what_came_back_has_not_left(desk: Desk) -> None:
    order_id = await desk.order()
    found = []
    for status in (None, "delivered", "in_transit", "returned"):
        if status is not None:
            await told(desk.begin, SENT, status)
        async with desk.begin(desk.shop.scope) as tx:
            order = await order_by_id(tx, order_id)
            parcels = await parcels_of(tx, order)
            found.append((sent_goods(order, parcels), len(under_way(parcels))))
    assert found == [(0, 0), (990, 0), (1980, 1), (1980, 1)]


@pytest.mark.parametrize(
    ("parcels", "quantity", "is_refused"),
    [
        ([("returned", 2), ("in_transit", 2)], 2, False),
        ([("returned", 2), ("in_transit", 2)], 1, True),
        ([("delivered", 1), ("in_transit", 1)], 1, True),
        ([("returned", 2)], 1, False),
    ],
)
async def test_what_came_back_and_was_sent_again_has_left_once(
    desk: Desk, parcels: list[tuple[str, int]], quantity: int, *, is_refused: bool
) -> None:
    order_id = await desk.order()
    for status, count in parcels:
        await told(desk.begin, SENT.replace('"quantity": 1', f'"quantity": {count}'), status)
    assert bool(await refused(desk, order_id, {"sku": "TEA-01", "quantity": quantity}, POT)) is is_refused


@pytest.mark.parametrize(
    ("lines", "pointer"), [([{"quantity": 1, "sku": "TEA-01"}], "/changes/lines/1"), ([], "/changes/lines")]
)
async def test_what_has_left_is_named_wherever_the_line_stands(
    desk: Desk, lines: list[dict[str, object]], pointer: str
) -> None:
    order_id = await desk.order()
    await told(desk.begin, SENT.replace('"quantity": 1', '"quantity": 2'), "in_transit")
    (fault,) = await refused(desk, order_id, POT, *lines)
    assert (fault.pointer, fault.detail) == (pointer, "must go on naming 2 or more of TEA-01, which have left")
    assert await refused(desk, order_id, POT, {"sku": "TEA-01", "quantity": 2}) == []


async def test_a_line_keeps_its_number_and_what_came_back_leaves_its_own_to_nobody(desk: Desk) -> None:
    order_id = await desk.order()
    await told(desk.begin, SENT, "returned")
    assert await refused(desk, order_id, POT) == []
    for wanted, numbers in (([POT], [2]), ([POT, {"sku": "TEA-01", "quantity": 2}], [2, 1])):
        async with desk.begin(desk.shop.scope) as tx:
            order = await order_by_id(tx, order_id)
            what = patched(order, {"lines": wanted}, await setting_of(tx, order, desk.clock.now()))
            assert not isinstance(what, list), what
            assert [line["line"] for line in lines_after(await parcels_of(tx, order), what)] == numbers


POT = {"sku": "POT-01", "name": "Pot", "quantity": 1, "unit_price": euros(5)}


async def refused(desk: Desk, order_id: UUID, *lines: dict[str, object]) -> list[Fault]:
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_by_id(tx, order_id)
        what = patched(order, {"lines": list(lines)}, await setting_of(tx, order, desk.clock.now()))
        assert not isinstance(what, list), what
        return faults_of_sent(await parcels_of(tx, order), what)
