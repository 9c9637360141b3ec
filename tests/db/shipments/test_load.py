from tests.db.shipments.parcels import Desk
from tidings.kit.page import Window, decode_cursor
from tidings.shipments.contents import Packed
from tidings.shipments.load import packed_in, parcels_of


async def test_the_parcels_of_an_order_are_told_with_their_events(desk: Desk) -> None:
    order_id = await desk.order()
    first, second = await desk.send(order_id, (1, 1)), await desk.send(order_id, (2, 1))
    await desk.told(first, "in_transit")
    async with desk.begin.reading(desk.shop.scope) as tx:
        parcels = await parcels_of(tx, await desk.look(order_id))
    told = [parcels.told(row) for row in parcels.rows]
    assert [parcel.id for parcel in told] == [first.id, second.id]
    assert [[event.status for event in parcel.events] for parcel in told] == [["in_transit"], []]
    assert parcels.left() == {1: 2, 2: 0}
    assert parcels.to_ship() == [Packed(1, 2)]
    assert [packed_in(row) for row in parcels.rows] == [[Packed(1, 1)], [Packed(2, 1)]]


async def test_they_are_listed_stretch_by_stretch(desk: Desk) -> None:
    order_id = await desk.order()
    sent = [(await desk.send(order_id, (1, 1))).id for _ in range(3)]
    async with desk.begin.reading(desk.shop.scope) as tx:
        parcels = await parcels_of(tx, await desk.look(order_id))
    first = parcels.page(Window(limit=2))
    assert first.next_cursor is not None
    rest = parcels.page(Window(limit=2, after=decode_cursor(first.next_cursor)))
    assert [parcels.told(row).id for row in [*first.items, *rest.items]] == sent
    assert rest.next_cursor is None
