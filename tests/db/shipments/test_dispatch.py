import asyncio

import pytest

from tests.db.shipments.parcels import PRICE, Desk
from tests.fixtures.facts import facts, messages, records
from tidings.kit.ids import new_id
from tidings.kit.problem import InvalidInput, NotFound
from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.states import ORDER_STATUSES


def quantities(lines: list) -> dict[str, int]:
    return {line.sku: line.quantity for line in lines}


async def test_all_that_is_left_goes_out_when_no_line_is_named(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    assert (quantities(parcel.lines), parcel.remaining, parcel.status) == ({"TEA": 3, "POT": 1}, [], "dispatched")
    assert await desk.status(order_id) == "shipped"


async def test_a_part_goes_out_and_the_rest_follows(desk: Desk) -> None:
    order_id = await desk.order()
    first = await desk.send(order_id, (1, 1), (1, 1))
    assert (quantities(first.lines), quantities(first.remaining)) == ({"TEA": 2}, {"TEA": 1, "POT": 1})
    assert await desk.status(order_id) == "partially_shipped"
    second = await desk.send(order_id, (2, 1))
    assert quantities(second.remaining) == {"TEA": 1}
    assert await desk.status(order_id) == "partially_shipped"
    third = await desk.send(order_id)
    assert (quantities(third.lines), third.remaining) == ({"TEA": 1}, [])
    assert await desk.status(order_id) == "shipped"


async def test_each_parcel_is_told_of_with_what_is_in_it_and_what_is_to_come(desk: Desk) -> None:
    order_id = await desk.order()
    parcels = [await desk.send(order_id, (1, 1)), await desk.send(order_id)]
    told = [fact for fact in await facts(desk.begin, desk.shop, order_id) if fact["kind"] == "shipment.dispatched"]
    assert [fact["order_seq"] for fact in told] == [2, 3]
    snapshots = [fact["snapshot"] for fact in told]
    assert [s["shipment"] for s in snapshots] == [parcel.model_dump(mode="json") for parcel in parcels]
    assert snapshots[0]["shipment"]["remaining"] == [
        {"line": 1, "sku": "TEA", "name": "Tea", "quantity": 2},
        {"line": 2, "sku": "POT", "name": "Pot", "quantity": 1},
    ]
    assert [s["order"]["status"] for s in snapshots] == ["partially_shipped", "shipped"]
    owed = [message for message in await messages(desk.begin, desk.shop, order_id) if message[0] == "order_dispatched"]
    assert [subject for _, subject in owed] == [parcel.id for parcel in parcels]
    *_, record = await records(desk.begin, desk.shop, order_id)
    assert (record["subject"], record["data"]["lines"]) == (
        parcels[1].id, [{"line": 1, "quantity": 2}, {"line": 2, "quantity": 1}],
    )  # fmt: skip


async def test_more_than_is_left_does_not_go_out(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.send(order_id, (1, 2))
    with pytest.raises(InvalidInput) as refusal:
        await desk.send(order_id, (2, 1), (1, 2), (3, 1))
    assert [fault.pointer for fault in refusal.value.faults] == ["/lines/1/quantity", "/lines/2/line"]
    assert await desk.status(order_id) == "partially_shipped"


async def test_two_hands_cannot_send_the_same_thing(desk: Desk) -> None:
    order_id = await desk.order()
    sent = await asyncio.gather(*(desk.send(order_id, (2, 1)) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in sent) == ["InvalidInput", "InvalidInput", "Shipment"]


async def test_a_parcel_may_arrive_before_the_next_one_leaves(desk: Desk) -> None:
    order_id = await desk.order()
    first = await desk.send(order_id, (1, 3))
    await desk.told(first, "delivered")
    assert await desk.status(order_id) == "partially_delivered"
    second = await desk.send(order_id)
    assert await desk.status(order_id) == "partially_delivered"
    with pytest.raises(IllegalMove, match="Everything has left"):
        await desk.send(order_id)
    await desk.told(second, "delivered")
    assert await desk.status(order_id) == "delivered"


async def test_nobody_waits_for_a_service(desk: Desk) -> None:
    tea = {"sku": "TEA", "name": "Tea", "quantity": 1, "unit_price": PRICE}
    setup = {"sku": "SET", "name": "Set-up", "quantity": 1, "unit_price": PRICE, "kind": "service"}
    order_id = await desk.order(tea, setup)
    parcel = await desk.send(order_id)
    assert (quantities(parcel.lines), parcel.remaining) == ({"TEA": 1}, [])
    assert await desk.status(order_id) == "shipped"
    alone = await desk.order(setup)
    assert quantities((await desk.send(alone)).lines) == {"SET": 1}


@pytest.mark.parametrize("status", [s for s in ORDER_STATUSES if s not in {"processing", "partially_shipped"}])
async def test_parcels_leave_while_the_order_is_being_made_ready(status: str, desk: Desk) -> None:
    order_id = await desk.order(status=status)
    if status == "partially_delivered":
        assert quantities((await desk.send(order_id)).lines) == {"TEA": 3, "POT": 1}
        return
    with pytest.raises(IllegalMove) as refusal:
        await desk.send(order_id)
    assert refusal.value.members["order_status"] == status


async def test_an_open_issue_keeps_parcels_here(desk: Desk) -> None:
    order_id = await desk.order(on_hold=True)
    with pytest.raises(OrderOnHold):
        await desk.send(order_id)


async def test_there_is_no_parcel_without_an_order(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.send(new_id())
