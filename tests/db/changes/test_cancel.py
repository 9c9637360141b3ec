"""A cancellation ends the order; the money goes back but for the fee, and parcels are called back."""

import pytest

from tests.fixtures.changes import all_parts, decided_by
from tests.fixtures.facts import facts, tasks, told
from tests.fixtures.orders import order_body
from tests.fixtures.wishes import Desk
from tidings.changes.errors import ChangeOvertaken
from tidings.kit.problem import Problem

SENT = """
INSERT INTO shipments (storefront_id, order_id, id, status, lines, dispatched_at)
SELECT storefront_id, id, gen_random_uuid(), $1, '[{"line": 1, "quantity": 1}]', now() FROM orders RETURNING 1
"""


async def test_the_order_ends_and_the_terms_hold(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes={"cancellation_fee": 300, "refund_shipping": False})
    order_id = await desk.order()
    held = await desk.done(order_id)
    assert held.order.row.status == "cancelled"
    assert held.refund is not None
    assert held.refund.amount == 2470 - 300 - 490
    (fact,) = [fact for fact in await facts(desk.begin, desk.shop, order_id) if fact["kind"] == "order.cancelled"]
    assert fact["snapshot"]["cancellation"] == {"reason": "wishes", "refund_expected": True}


async def test_nothing_goes_back_of_what_was_not_paid(desk: Desk) -> None:
    for n, columns in enumerate(({"payment_check": "pending", "status": "received"}, {})):
        body = order_body(number=f"W-{n}", payment={"method": "invoice"})
        held = await desk.done(await desk.order(body, **columns))
        assert (held.order.row.status, held.refund) == ("cancelled", None)


async def test_an_incomplete_order_can_be_cancelled(desk: Desk) -> None:
    order_id = await desk.order(order_body(payment=None), status="incomplete", payment_check="pending")
    assert (await desk.done(order_id)).refund is None
    assert ("complete_order", "dropped") in await tasks(desk.begin, desk.shop, order_id)
    clocks = "SELECT kind, cancelled_at IS NULL AS runs FROM deadlines WHERE order_id = $1 AND kind = $2"
    (clock,) = await told(desk.begin, clocks, order_id, "order_confirmation")
    assert not clock["runs"], "nothing was received, so nothing will be confirmed, and nobody has missed it"


async def test_the_confirmation_of_a_complete_order_is_owed_all_the_same(desk: Desk) -> None:
    order_id = await desk.order(status="received", payment_check="pending")
    await desk.done(order_id)
    clocks = "SELECT cancelled_at IS NULL AS runs FROM deadlines WHERE order_id = $1 AND kind = 'order_confirmation'"
    assert await told(desk.begin, clocks, order_id) == [{"runs": True}]


@pytest.mark.parametrize(("status", "refund"), [("in_transit", 1480), ("returned", 2470)])
async def test_parcels_are_called_back_and_what_they_hold_is_kept(desk: Desk, status: str, refund: int) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts(until="partially_shipped"))
    order_id = await desk.order(status="partially_shipped")
    await told(desk.begin, SENT, status)
    held = await desk.done(order_id)
    assert held.refund is not None
    assert held.refund.amount == refund
    is_stopped = ("stop_shipment", "open") in await tasks(desk.begin, desk.shop, order_id)
    assert is_stopped is (status == "in_transit")


async def test_a_shop_may_be_told_to_pay_for_what_is_called_back(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts(until="partially_shipped"))
    order_id = await desk.order(status="partially_shipped")
    await told(desk.begin, SENT, "in_transit")
    held = await desk.done(order_id, refund=2470)
    assert held.refund is not None
    assert held.refund.amount == 2470


@pytest.mark.parametrize("status", ["shipped", "partially_delivered", "delivered", "completed", "cancelled"])
async def test_what_is_on_its_way_is_not_cancelled_whatever_the_policy_says(desk: Desk, status: str) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts())
    held = await desk.asked(await desk.order())
    await told(desk.begin, "UPDATE orders SET status = $1 RETURNING 1", status)
    with pytest.raises(Problem) as refusal:
        await desk.said(held)
    assert isinstance(refusal.value, ChangeOvertaken)
