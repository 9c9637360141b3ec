"""Parcels that are held up, and parcels that come back."""

from datetime import timedelta

import pytest

from tests.db.shipments.parcels import Desk
from tests.fixtures.facts import facts, messages, tasks, told
from tidings.issues.load import open_issue_for_update
from tidings.issues.resolve import ResolveIssue, settle_issue
from tidings.orders.errors import OrderOnHold
from tidings.orders.load import By

ISSUES = "SELECT id, kind, about, status, details, is_told, owner FROM issues ORDER BY id"


async def kinds(desk: Desk, order_id) -> list[str]:
    """The facts from the first parcel on."""
    return [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)][2:]


async def owed(desk: Desk, order_id) -> list[str]:
    return [milestone for milestone, _ in await messages(desk.begin, desk.shop, order_id)][2:]


async def resolve(desk: Desk) -> None:
    """By staff, every open one."""
    async with desk.begin(desk.shop.scope) as tx:
        for row in await tx.raw.fetch("SELECT id FROM issues WHERE status = 'open'"):
            issue = await open_issue_for_update(tx, row["id"])
            await settle_issue(tx, issue, ResolveIssue(row["id"], "Sent again."), By("staff/7", desk.clock.now()))


async def test_a_parcel_that_is_held_up_is_told_and_somebody_must_settle_it(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    await desk.told(parcel, "exception", note="Damaged in transit")
    assert await kinds(desk, order_id) == ["shipment.excepted", "issue.opened"]
    assert await owed(desk, order_id) == ["delivery_exception"], "one message, not two"
    (issue,) = await told(desk.begin, ISSUES)
    assert (issue["kind"], issue["about"], issue["details"]) == ("delivery_exception", parcel.id, "Damaged in transit")
    assert await tasks(desk.begin, desk.shop, order_id) == [("handle_issue", "open")]
    held = (await desk.look(order_id)).row
    assert (held.status, held.on_hold) == ("shipped", True)
    snapshot = (await facts(desk.begin, desk.shop, order_id))[2]["snapshot"]
    assert [event["note"] for event in snapshot["shipment"]["events"]] == ["Damaged in transit"]


@pytest.mark.parametrize("status", ["in_transit", "out_for_delivery", "delivered"])
async def test_once_it_moves_again_its_issue_is_settled_without_a_word(status, desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    await desk.told(parcel, "exception")
    await desk.told(parcel, status)
    fact = "shipment.delivered" if status == "delivered" else "shipment.moved"
    assert await kinds(desk, order_id) == ["shipment.excepted", "issue.opened", "issue.resolved", fact]
    assert await owed(desk, order_id) == ["delivery_exception", *["order_delivered"] * (status == "delivered")]
    assert await tasks(desk.begin, desk.shop, order_id) == [("handle_issue", "dropped")]
    assert (await facts(desk.begin, desk.shop, order_id))[-1]["snapshot"]["order"]["on_hold"] is False


async def test_a_parcel_may_be_held_up_again_and_each_time_it_is_told(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    for status in ("exception", "in_transit", "exception", "out_for_delivery", "delivered"):
        await desk.told(parcel, status)
    assert await owed(desk, order_id) == ["delivery_exception", "delivery_exception", "order_delivered"]
    assert [issue["status"] for issue in await told(desk.begin, ISSUES)] == ["resolved", "resolved"]
    states = await told(desk.begin, "SELECT status FROM messages WHERE milestone = 'delivery_exception' ORDER BY id")
    assert [row["status"] for row in states] == ["superseded", "superseded"]


async def test_two_parcels_in_trouble_are_two_issues(desk: Desk) -> None:
    order_id = await desk.order()
    first, second = await desk.send(order_id, (1, 1)), await desk.send(order_id)
    await desk.told(first, "exception")
    await desk.told(second, "exception")
    await desk.told(first, "in_transit")
    assert [issue["status"] for issue in await told(desk.begin, ISSUES)] == ["resolved", "open"]
    assert (await desk.look(order_id)).row.on_hold
    await desk.told(second, "delivered")
    assert not (await desk.look(order_id)).row.on_hold


async def test_what_came_back_counts_as_not_shipped_and_is_sent_again_once_it_is_settled(desk: Desk) -> None:
    order_id = await desk.order()
    first = await desk.send(order_id, (1, 3))
    back = await desk.send(order_id)
    returned = await desk.told(back, "returned", note="Refused")
    assert [(line.sku, line.quantity) for line in returned.shipment.remaining] == [("POT", 1)]
    assert await desk.status(order_id) == "partially_shipped"
    with pytest.raises(OrderOnHold):
        await desk.send(order_id)
    await resolve(desk)
    again = await desk.send(order_id)
    assert [(line.sku, line.quantity) for line in again.lines] == [("POT", 1)]
    assert await desk.status(order_id) == "shipped"
    await desk.told(first, "delivered")
    await desk.told(again, "delivered")
    assert await desk.status(order_id) == "delivered"


async def test_a_return_is_told_once_and_its_issue_is_staffs(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    await desk.told(parcel, "exception")
    await desk.told(parcel, "returned")
    assert await kinds(desk, order_id) == [
        "shipment.excepted", "issue.opened", "issue.resolved", "shipment.returned", "issue.opened",
    ]  # fmt: skip
    assert await owed(desk, order_id) == ["delivery_exception", "shipment_returned"]
    held_up, came_back = await told(desk.begin, ISSUES)
    assert (held_up["status"], came_back["status"], came_back["about"]) == ("resolved", "open", parcel.id)
    assert (await facts(desk.begin, desk.shop, order_id))[-2]["snapshot"]["order"]["status"] == "processing"


async def test_an_order_stays_partially_delivered_whatever_comes_back(desk: Desk) -> None:
    order_id = await desk.order()
    first, second = await desk.send(order_id, (1, 3)), await desk.send(order_id)
    await desk.told(first, "delivered")
    await desk.told(second, "returned")
    assert await desk.status(order_id) == "partially_delivered"
    await resolve(desk)
    await desk.told(await desk.send(order_id), "delivered")
    assert await desk.status(order_id) == "delivered"


async def test_a_late_word_of_trouble_opens_nothing(desk: Desk) -> None:
    order_id = await desk.order()
    parcel = await desk.send(order_id)
    at = desk.clock.now()
    await desk.told(parcel, "out_for_delivery", at)
    await desk.told(parcel, "exception", at - timedelta(days=365))
    assert await told(desk.begin, ISSUES) == []
    assert await owed(desk, order_id) == []
