"""Parcels whose lines were taken off the order."""

from tests.db.shipments.parcels import Desk
from tidings.orders.load import order_for_update
from tidings.shipments.load import parcels_of
from tidings.shipments.part_with import part_with


async def test_a_parcel_goes_on_telling_what_was_in_it(desk: Desk) -> None:
    order_id = await desk.order()
    before = (await desk.told(await desk.send(order_id), "returned")).shipment
    for _ in range(2):
        async with desk.begin(desk.shop.scope) as tx:
            order = await order_for_update(tx, order_id)
            part_with(await parcels_of(tx, order), {2})
            for line in order.lines:
                if line.line == 1:
                    await tx.session.delete(line)
    async with desk.begin.reading(desk.shop.scope) as tx:
        parcels = await parcels_of(tx, await desk.look(order_id))
    (row,) = parcels.rows
    assert row.lines == [{"line": 1, "quantity": 3, "sku": "TEA", "name": "Tea"}, {"line": 2, "quantity": 1}]
    after = parcels.told(row)
    assert after.lines == before.lines
    assert [(line.line, line.quantity) for line in after.remaining] == [(2, 1)]
