"""A cancelled order's invoice is taken back, but for what the customer has and keeps."""

from uuid import UUID

import pytest

from tests.db.changes.test_refund_cancelled import SENT
from tests.db.changes.test_settle_refund import invoiced, left_of_invoices, settled
from tests.fixtures.facts import facts, told
from tests.fixtures.refunds import in_hand, refund_asked_for
from tests.fixtures.wishes import Desk
from tidings.changes.credit_cancelled import credit_cancelled
from tidings.orders.cancel import CancelOrder, cancel_order

_WHOLE, _TEA, _REST = 2470, 990, 1480


async def cancelled(desk: Desk, order_id: UUID) -> None:
    async with desk.begin(desk.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "out of tea", "staff/anna"), now=desk.clock.now())


async def looked_at(desk: Desk) -> None:
    for errand in await in_hand(desk.begin, desk.clock, "credit_cancelled"):
        await credit_cancelled(errand, begin=desk.begin, clock=desk.clock)
    assert await told(desk.begin, "SELECT 1 FROM errands WHERE kind = 'credit_cancelled'") == []


async def test_an_invoice_is_taken_back_wholly_where_nothing_has_left(desk: Desk) -> None:
    order_id = await desk.order()
    await invoiced(desk, order_id)
    await cancelled(desk, order_id)
    await looked_at(desk)
    assert await left_of_invoices(desk, order_id) == [0]
    *_, fact = await facts(desk.begin, desk.shop, order_id)
    document = fact["snapshot"]["document"]
    assert (fact["kind"], document["kind"], document["cause"]) == ("document.issued", "credit_note", "cancellation")


async def test_without_an_invoice_there_is_nothing_to_take_back(desk: Desk) -> None:
    order_id = await desk.order()
    await cancelled(desk, order_id)
    await looked_at(desk)
    assert await left_of_invoices(desk, order_id) == []


@pytest.mark.parametrize("first", ["the credit", "the refund"])
@pytest.mark.parametrize(("back", "left"), [(_REST, _TEA), (1000, _TEA), (_WHOLE, 0)])
async def test_what_has_left_stays_invoiced_unless_its_money_goes_back(
    desk: Desk, first: str, back: int, left: int
) -> None:
    order_id = await desk.order(status="partially_shipped")
    await told(desk.begin, SENT)
    await invoiced(desk, order_id)
    refund_id = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id, back)
    await cancelled(desk, order_id)
    if first == "the refund":
        await settled(desk, refund_id, "succeeded")
    await looked_at(desk)
    if first == "the credit":
        assert await left_of_invoices(desk, order_id) == [_TEA]
        await settled(desk, refund_id, "succeeded")
    assert await left_of_invoices(desk, order_id) == [left]
