from datetime import timedelta

import pytest

from tests.db.shipments.parcels import Desk
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id, parse
from tidings.kit.problem import NotFound
from tidings.shipments.queries import events_of, order_of_shipment, shipments_of


async def test_a_parcel_leads_to_its_order(desk: Desk, other_shop: Shop) -> None:
    order_id = await desk.order()
    shipment_id = parse("shp", (await desk.send(order_id)).id)
    async with desk.begin.reading(desk.shop.scope) as tx:
        assert await order_of_shipment(tx, shipment_id) == order_id
        for wanted in (None, new_id()):
            with pytest.raises(NotFound):
                await order_of_shipment(tx, wanted)
    async with desk.begin.reading(other_shop.scope) as tx:
        with pytest.raises(NotFound):
            await order_of_shipment(tx, shipment_id)


async def test_parcels_and_events_are_one_orders(desk: Desk, other_shop: Shop) -> None:
    order_id, other = await desk.order(), await desk.order()
    first, second = await desk.send(order_id, (1, 1)), await desk.send(order_id)
    await desk.told(await desk.send(other), "delivered")
    late, early = desk.clock.now(), desk.clock.now() - timedelta(days=365)
    await desk.told(second, "in_transit", late)
    await desk.told(second, "exception", early)
    async with desk.begin.reading(desk.shop.scope) as tx:
        rows = await shipments_of(tx, order_id)
        events = await events_of(tx, order_id)
    assert [row.id for row in rows] == [parse("shp", first.id), parse("shp", second.id)]
    assert [(event.status, event.at) for event in events[rows[1].id]] == [("exception", early), ("in_transit", late)]
    assert rows[0].id not in events
    async with desk.begin.reading(other_shop.scope) as tx:
        assert list(await shipments_of(tx, order_id)) == []
        assert await events_of(tx, order_id) == {}
