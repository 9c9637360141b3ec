"""What was paid for a cancelled order goes back once: by the request's terms, or all of it but for what has left."""

from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.changes import decided_by
from tests.fixtures.facts import facts, told
from tests.fixtures.refunds import Killed, Life, Mortal, in_hand, lease_ended, refund_asked_for
from tests.fixtures.wishes import Desk
from tidings.changes.load import HeldRequest
from tidings.changes.refund_cancelled import refund_cancelled
from tidings.kit.db import Begin
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.verification.decide import DecideCheck, decide_check

SENT = """
INSERT INTO shipments (storefront_id, order_id, id, status, lines, dispatched_at)
SELECT storefront_id, id, id, 'delivered', '[{"line": 1, "quantity": 1}]', now() FROM orders RETURNING 1
"""
AGAIN = """
INSERT INTO errands (storefront_id, id, mode, order_id, kind, subject, due_at)
SELECT storefront_id, id, mode, id, 'refund_cancelled', 'ord_1', now() - interval '1 hour' FROM orders RETURNING 1
"""


async def looked_at(desk: Desk, worker_begin: Begin) -> list[int]:
    for errand in await in_hand(desk.begin, desk.clock, "refund_cancelled"):
        await refund_cancelled(errand, begin=worker_begin, clock=desk.clock)
    assert await told(desk.begin, "SELECT 1 FROM errands WHERE kind = 'refund_cancelled'") == []
    return [row["amount"] for row in await told(desk.begin, "SELECT amount FROM refunds ORDER BY id")]


async def cancelled(desk: Desk, **columns: object) -> None:
    command = CancelOrder(await desk.order(**columns), "out of stock", "staff/anna")
    async with desk.begin(desk.shop.scope) as tx:
        await cancel_order(tx, command, now=desk.clock.now())


async def test_everything_goes_back_once(desk: Desk, worker_begin: Begin) -> None:
    await cancelled(desk)
    assert await looked_at(desk, worker_begin) == [2470]
    await told(desk.begin, AGAIN)
    assert await looked_at(desk, worker_begin) == [2470]


async def test_nothing_goes_back_of_what_was_not_paid(desk: Desk, worker_begin: Begin) -> None:
    await cancelled(desk, payment_check="failed", status="received")
    assert await looked_at(desk, worker_begin) == []


async def test_what_has_left_is_not_paid_back(desk: Desk, worker_begin: Begin) -> None:
    await cancelled(desk, status="partially_shipped")
    await told(desk.begin, SENT)
    assert await looked_at(desk, worker_begin) == [1480]


async def test_a_customers_cancellation_has_terms_of_its_own(desk: Desk, worker_begin: Begin) -> None:
    await desk.done(await desk.order(), refund=2000)
    assert await looked_at(desk, worker_begin) == [2000]


async def test_what_went_back_before_does_not_go_twice(desk: Desk, worker_begin: Begin) -> None:
    order_id = await desk.order()
    await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": 1}]})
    async with desk.begin(desk.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/anna"), now=desk.clock.now())
    assert await looked_at(desk, worker_begin) == [990, 1480]
    await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id, 5)
    assert await looked_at(desk, worker_begin) == [990, 1480]


UNPAID: dict[str, Any] = {"status": "received", "payment_check": "pending"}
# Beats of one turn: before, inside and after its transaction.
TURN = 3


async def paid_after_all(desk: Desk, order_id: UUID) -> None:
    command = DecideCheck(order_id, "payment", "passed", "seen on the account", "staff/anna")
    async with desk.begin(desk.shop.scope) as tx:
        await decide_check(tx, command, now=desk.clock.now())


async def called_off(desk: Desk, *, refund: int | None = None, **changes: Any) -> HeldRequest:
    """Cancelled at the customer's wish before it was known to be paid; the policy's terms are these."""
    await decided_by(desk.begin, desk.shop, changes=changes)
    return await desk.done(await desk.order(**UNPAID), refund=refund)


async def test_what_proves_to_be_paid_after_the_cancellation_goes_back_once(desk: Desk, worker_begin: Begin) -> None:
    order_id = await desk.order(**UNPAID)
    async with desk.begin(desk.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/anna"), now=desk.clock.now())
    assert await looked_at(desk, worker_begin) == []
    await paid_after_all(desk, order_id)
    assert await looked_at(desk, worker_begin) == [2470]
    await told(desk.begin, AGAIN)
    assert await looked_at(desk, worker_begin) == [2470]
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds[-3:] == ["order.cancelled", "payment.checked", "refund.requested"]


async def test_it_goes_back_by_the_terms_of_the_request_that_cancelled_it(desk: Desk, worker_begin: Begin) -> None:
    held = await called_off(desk, cancellation_fee=470)
    assert (held.refund, await looked_at(desk, worker_begin)) == (None, [])
    await paid_after_all(desk, held.row.order_id)
    assert await looked_at(desk, worker_begin) == [2000]
    (kept,) = await told(
        desk.begin,
        "SELECT r.id = c.refund_id AS is_linked FROM refunds r JOIN change_requests c ON c.id = r.request_id",
    )
    assert kept["is_linked"]
    await told(desk.begin, AGAIN)
    assert await looked_at(desk, worker_begin) == [2000]


async def test_what_an_approver_has_said_of_it_holds(desk: Desk, worker_begin: Begin) -> None:
    held = await called_off(desk, refund=0)
    await paid_after_all(desk, held.row.order_id)
    assert await looked_at(desk, worker_begin) == []


async def test_terms_that_left_nothing_leave_nothing_later(desk: Desk, worker_begin: Begin) -> None:
    held = await called_off(desk, cancellation_fee=99_999)
    await paid_after_all(desk, held.row.order_id)
    assert await looked_at(desk, worker_begin) == []


@pytest.mark.parametrize("beats", range(TURN))
async def test_a_worker_killed_anywhere_has_it_paid_back_once(desk: Desk, worker_begin: Begin, beats: int) -> None:
    held = await called_off(desk)
    assert await looked_at(desk, worker_begin) == []
    await paid_after_all(desk, held.row.order_id)
    (errand,) = await in_hand(desk.begin, desk.clock, "refund_cancelled")
    with pytest.raises(Killed):
        await refund_cancelled(errand, begin=Mortal(worker_begin, Life(beats)), clock=desk.clock)  # type: ignore[arg-type]
    await lease_ended(desk.begin)
    assert await looked_at(desk, worker_begin) == [2470]
    asked = [
        fact for fact in await facts(desk.begin, desk.shop, held.row.order_id) if fact["kind"] == "refund.requested"
    ]
    assert len(asked) == 1
