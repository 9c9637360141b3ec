from datetime import timedelta
from itertools import permutations

import pytest

from tests.db.shipments.parcels import Desk
from tests.fixtures.facts import facts, messages, records
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import InvalidInput, NotFound
from tidings.shipments.states import ShipmentStatus

MINUTE = timedelta(minutes=1)


async def kinds(desk: Desk, order_id) -> list[str]:
    return [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]


async def test_an_event_moves_the_parcel_and_is_kept(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    at = desk.clock.now() - MINUTE
    tracked = await desk.told(parcel, "in_transit", at, "Leipzig")
    assert tracked.is_new
    assert (tracked.shipment.status, tracked.shipment.delivered_at) == ("in_transit", None)
    (event,) = tracked.shipment.events
    assert (event.status, event.at, event.note, event.received_at) == ("in_transit", at, "Leipzig", desk.clock.now())
    assert await kinds(desk, order_id) == ["order.placed", "shipment.dispatched", "shipment.moved"]
    last = (await facts(desk.begin, desk.shop, order_id))[-1]
    assert last["snapshot"]["shipment"]["status"] == "in_transit"
    assert (await desk.look(order_id)).row.version == 2, "the order itself has not changed"


async def test_the_last_parcels_arrival_delivers_the_order(desk: Desk) -> None:
    order_id = await desk.order()
    first, second = await desk.send(order_id, (1, 3)), await desk.send(order_id)
    at = desk.clock.now() - MINUTE
    arrived = await desk.told(second, "delivered", at)
    assert (arrived.shipment.delivered_at, await desk.status(order_id)) == (at, "partially_delivered")
    await desk.told(first, "delivered")
    assert await desk.status(order_id) == "delivered"
    told = [fact for fact in await facts(desk.begin, desk.shop, order_id) if fact["kind"] == "shipment.delivered"]
    assert [fact["snapshot"]["order"]["status"] for fact in told] == ["partially_delivered", "delivered"]
    owed = [message for message in await messages(desk.begin, desk.shop, order_id) if message[0] == "order_delivered"]
    assert [subject for _, subject in owed] == [second.id, first.id]


async def test_one_parcel_with_everything_delivers_at_once(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.told(await desk.send(order_id), "delivered")
    assert await desk.status(order_id) == "delivered"


async def test_a_repeated_event_changes_nothing(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    at = desk.clock.now() - MINUTE
    first = await desk.told(parcel, "delivered", at, "letter box")
    desk.clock.advance(MINUTE)
    again = await desk.told(parcel, "delivered", at, "other words")
    assert not again.is_new
    assert again.shipment == first.shipment
    assert (await kinds(desk, order_id)).count("shipment.delivered") == 1


async def test_whoever_does_not_say_when_tells_how_it_stands(desk: Desk) -> None:
    parcel = await desk.send(await desk.order())
    assert (await desk.told(parcel, "in_transit")).is_new
    assert not (await desk.told(parcel, "in_transit")).is_new


async def test_what_is_told_as_of_now_is_newer_than_what_a_clock_ahead_has_dated(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    await desk.told(parcel, "in_transit", desk.clock.now() + 4 * MINUTE)
    assert (await desk.told(parcel, "exception", note="nobody at home")).shipment.status == "exception"
    assert ("delivery_exception", parcel.id) in await messages(desk.begin, desk.shop, order_id)
    assert [event.status for event in (await desk.told(parcel, "exception")).shipment.events] == [
        "in_transit", "exception",
    ]  # fmt: skip


async def test_a_late_event_is_kept_and_moves_nothing(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    at = desk.clock.now()
    await desk.told(parcel, "out_for_delivery", at)
    late = await desk.told(parcel, "in_transit", at - MINUTE)
    assert (late.is_new, late.shipment.status) == (True, "out_for_delivery")
    assert [event.status for event in late.shipment.events] == ["in_transit", "out_for_delivery"]
    assert await kinds(desk, order_id) == ["order.placed", "shipment.dispatched", "shipment.moved"]
    *_, record = await records(desk.begin, desk.shop, order_id)
    assert record["kind"] == "tracking_event.received"
    assert record["data"] == {"shipment": parcel.id, "told": "in_transit", "stays": "out_for_delivery"}


async def test_an_arrival_counts_however_late_it_is_told(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    at = desk.clock.now()
    await desk.told(parcel, "exception", at)
    await desk.told(parcel, "delivered", at - MINUTE)
    assert await desk.status(order_id) == "delivered"


async def test_in_whatever_order_events_come_the_parcel_ends_up_there(desk: Desk) -> None:
    at = desk.clock.now() - 10 * MINUTE
    told: list[tuple[ShipmentStatus, int]] = [("in_transit", 1), ("out_for_delivery", 2), ("delivered", 3)]
    for order in permutations(told):
        order_id = await desk.order()
        parcel = await desk.send(order_id)
        for status, minutes in order * 2:
            tracked = await desk.told(parcel, status, at + minutes * MINUTE)
        assert (tracked.shipment.status, await desk.status(order_id)) == ("delivered", "delivered")
        assert len(tracked.shipment.events) == 3
        assert (await kinds(desk, order_id)).count("shipment.delivered") == 1


async def test_what_came_back_is_not_delivered(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    await desk.told(parcel, "returned")
    after = await desk.told(parcel, "delivered")
    assert (after.shipment.status, await desk.status(order_id)) == ("returned", "processing")


async def test_an_order_that_has_ended_stays_what_it_is(desk: Desk) -> None:
    order_id = await desk.order()
    parcels = [await desk.send(order_id, (1, 1)) for _ in range(3)]
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET status = 'cancelled' WHERE id = $1", order_id)
    for parcel, status in zip(parcels, ("delivered", "exception", "returned"), strict=True):
        assert (await desk.told(parcel, status)).shipment.status == status
    assert (await desk.status(order_id), (await desk.look(order_id)).row.on_hold) == ("cancelled", False)
    assert "issue.opened" not in await kinds(desk, order_id)


async def test_a_hold_does_not_stop_the_carrier(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET on_hold = true WHERE id = $1", order_id)
    await desk.told(parcel, "delivered")
    assert await desk.status(order_id) == "delivered"
    assert (await messages(desk.begin, desk.shop, order_id))[-1] == ("order_delivered", parcel.id)


async def test_what_lies_ahead_is_refused(desk: Desk) -> None:
    parcel = await desk.send(await desk.order())
    assert (await desk.told(parcel, "in_transit", desk.clock.now() + 5 * MINUTE)).is_new
    with pytest.raises(InvalidInput) as refusal:
        await desk.told(parcel, "delivered", desk.clock.now() + 6 * MINUTE)
    assert [fault.pointer for fault in refusal.value.faults] == ["/at"]


async def test_anothers_parcel_is_not_there(desk: Desk, other_shop: Shop) -> None:
    parcel = await desk.send(await desk.order())
    elsewhere = Desk(desk.begin, other_shop, desk.clock)
    with pytest.raises(NotFound):
        await elsewhere.told(parcel, "delivered")
    with pytest.raises(NotFound):
        await desk.told(parcel.model_copy(update={"id": wire("shp", new_id())}), "delivered")
    with pytest.raises(NotFound):
        await desk.told(parcel.model_copy(update={"id": "shp_"}), "delivered")
