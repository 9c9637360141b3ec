"""What the shop itself cancels is paid back once, but for what has left."""

from tests.fixtures.facts import told
from tests.fixtures.refunds import in_hand, refund_asked_for
from tests.fixtures.wishes import Desk
from tidings.changes.refund_cancelled import refund_cancelled
from tidings.kit.db import Begin
from tidings.orders.cancel import CancelOrder, cancel_order

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
