"""A modification rewrites the order as a whole: lines, price, stock, and what is told of it."""

from uuid import UUID

import pytest

from tests.fixtures.changes import all_parts, decided_by, euros
from tests.fixtures.facts import facts, messages, tasks, told
from tests.fixtures.orders import order_body
from tests.fixtures.wishes import ELSEWHERE, THREE, Desk
from tidings.changes.errors import ChangeOvertaken, RefundTooHigh
from tidings.shipments.contents import Packed
from tidings.shipments.dispatch import DispatchShipment, dispatch_shipment


async def test_lines_and_total_are_written_anew(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.done(order_id, {"lines": [{"sku": "POT-01", "name": "Pot", "quantity": 1, "unit_price": euros(5)},
                                                {"sku": "TEA-01"}]})  # fmt: skip
    rows = await told(desk.begin, "SELECT line, sku, quantity, unit_price FROM order_lines ORDER BY line")
    assert [tuple(row.values()) for row in rows] == [(1, "POT-01", 1, 5), (2, "TEA-01", 2, 990)]
    assert (held.order.row.total, held.order.row.version) == (2475, 2)
    await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]})
    rows = await told(desk.begin, "SELECT line, sku, quantity, tax_rate::text FROM order_lines ORDER BY line")
    assert [tuple(row.values()) for row in rows] == [(1, "TEA-01", 1, "0.07")]
    assert (await facts(desk.begin, desk.shop, order_id))[-2]["snapshot"]["order"]["total"] == euros(1480)


async def test_the_change_is_told_by_the_decision_alone(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.done(order_id, {**THREE, **ELSEWHERE})
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds[-3:] == ["change.decided", "change.carried_out", "order.changed"]
    changed = (await facts(desk.begin, desk.shop, order_id))[-1]["snapshot"]["update"]["changed"]
    assert changed == ["shipping_address", "lines", "total"]
    assert "order_updated" not in [milestone for milestone, _ in await messages(desk.begin, desk.shop, order_id)]
    assert held.row.price_change == 990


async def test_dearer_is_collected_and_cheaper_goes_back(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, THREE)
    assert ("collect_payment", "open") in await tasks(desk.begin, desk.shop, order_id)
    one = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]})
    assert one.refund is not None
    assert one.refund.amount == 990, "2470 were paid, 1480 is what it costs"
    two = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 2}]})
    assert two.refund is None
    last = await desk.done(order_id)
    assert last.refund is not None
    assert last.refund.amount == 1480


async def test_what_was_not_paid_is_neither_collected_nor_paid_back(desk: Desk) -> None:
    order_id = await desk.order(payment_check="pending", status="received")
    for quantity in (1, 3):
        held = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": quantity}]})
        assert (held.refund, held.row.price_change) == (None, None)
    assert {kind for kind, _ in await tasks(desk.begin, desk.shop, order_id)} == {"decide_change"}


async def test_stock_that_was_checked_is_checked_again_before_processing(desk: Desk) -> None:
    early = await desk.done(await desk.order(status="received", payment_check="pending"), THREE)
    assert early.order.row.stock_check == "pending"
    body = order_body(number="W-2")
    assert (await desk.done(await desk.order(body), THREE)).order.row.stock_check == "passed"


async def test_a_new_address_does_not_touch_the_lines(desk: Desk) -> None:
    held = await desk.done(await desk.order(), ELSEWHERE)
    assert (held.row.price_change, held.refund, held.order.row.total) == (0, None, 2470)
    assert held.order.row.stock_check == "passed"


async def test_what_was_overtaken_by_a_correction_is_refused(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, ELSEWHERE)
    await told(
        desk.begin,
        "UPDATE orders SET details = jsonb_set(details, '{shipping_address,line1}', '\"Chausseestr. 5\"') RETURNING 1",
    )
    with pytest.raises(ChangeOvertaken) as refusal:
        await desk.said(held)
    assert [fault.pointer for fault in refusal.value.faults] == ["/changes"]


async def test_what_left_meanwhile_stays_in_the_lines(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts())
    order_id = await desk.order()
    held = await desk.asked(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]})
    await told(
        desk.begin,
        "INSERT INTO shipments (storefront_id, order_id, id, status, lines, dispatched_at)"
        " SELECT storefront_id, id, id, 'dispatched', '[{\"line\": 1, \"quantity\": 2}]', now() FROM orders"
        " RETURNING 1",
    )
    with pytest.raises(ChangeOvertaken) as refusal:
        await desk.said(held)
    assert [fault.pointer for fault in refusal.value.faults] == ["/changes/lines/0"]


async def test_an_approver_may_name_what_goes_back(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, ELSEWHERE)
    with pytest.raises(RefundTooHigh):
        await desk.said(held, refund=2471)
    found = await desk.said(held, refund=100)
    assert found.refund is not None
    assert (found.refund.amount, found.refund.reason) == (100, "modification")


async def test_what_an_approver_kept_back_is_not_given_by_the_next_change(desk: Desk) -> None:
    order_id = await desk.order()
    kept = await desk.said(await desk.asked(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]}), refund=0)
    assert (kept.refund, kept.order.row.total) == (None, 1480)
    moved = await desk.done(order_id, ELSEWHERE)
    assert moved.refund is None
    two = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 2}]})
    assert two.refund is None
    one = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]})
    assert one.refund is not None
    assert one.refund.amount == 990, "what this change makes cheaper, and nothing of before"


POT = {"sku": "POT-01", "name": "Pot", "quantity": 1, "unit_price": euros(500)}


async def test_what_is_added_to_an_order_that_has_left_is_still_here_and_gets_its_stock(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts(), verification={"stock": "ledger"})
    order_id = await sent_off(desk, 2)
    held = await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 2}, POT]})
    assert held.order.row.status == "partially_shipped"
    rows = await told(desk.begin, "SELECT kind FROM errands WHERE order_id = $1 AND kind = 'check_stock'", order_id)
    assert rows
    changed = (await facts(desk.begin, desk.shop, order_id))[-1]
    assert changed["snapshot"]["order"]["status"] == "partially_shipped"


async def test_an_order_of_which_nothing_is_left_here_has_been_shipped_and_is_not_cancelled(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts())
    order_id = await sent_off(desk, 1)
    cancellation, smaller = (
        await desk.asked(order_id),
        await desk.asked(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]}),
    )
    assert (await desk.said(smaller)).order.row.status == "shipped"
    (row,) = await told(desk.begin, "SELECT status FROM change_requests WHERE id = $1", cancellation.row.id)
    assert row["status"] == "lapsed"


async def sent_off(desk: Desk, quantity: int) -> UUID:
    """An order of two of which so many are in a parcel."""
    order_id = await desk.order()
    async with desk.begin(desk.shop.scope) as tx:
        parcel = DispatchShipment(order_id, "dhl", None, None, [Packed(1, quantity)], "staff/7")
        await dispatch_shipment(tx, parcel, now=desk.clock.now())
    return order_id
