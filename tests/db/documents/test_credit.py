"""An invoice is taken back by credit notes: once for each cause, never more than it came to."""

from uuid import UUID

from tests.db.documents.desk import Desk
from tests.fixtures.facts import facts
from tidings.documents.credit import credit_cancelled, credit_invoice
from tidings.documents.issue_by_hand import IssueByHand, issue_by_hand
from tidings.documents.queries import Held
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.load import By, order_for_update
from tidings.outbox.fetch import Fetching, fetch_errands


async def credited(desk: Desk, order_id: UUID, cause: str, amount: int | None = None) -> list[Held]:
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        issued = await credit_invoice(tx, order, By("system", desk.clock.now()), cause=cause, amount=amount)
    return list(issued.documents)


async def test_what_goes_back_is_credited_once_and_with_its_share_of_the_tax(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    (note,) = await credited(desk, order_id, "rfd_1", 2000)
    assert (note.row.name, note.row.credits, note.row.gross) == ("CRN-000001", invoice.row.id, 2000)
    assert await credited(desk, order_id, "rfd_1", 2000) == []
    (rest,) = await credited(desk, order_id, "rfd_2", 99_999)
    assert (note.row.net + rest.row.net, note.row.tax + rest.row.tax) == (invoice.row.net, invoice.row.tax)
    assert await credited(desk, order_id, "rfd_3", 1) == [], "nothing is left"


async def test_without_an_invoice_nothing_is_credited(desk: Desk) -> None:
    assert await credited(desk, await desk.delivered(), "rfd_1", 100) == []


async def test_a_cancelled_orders_invoice_is_taken_back_wholly(desk: Desk) -> None:
    order_id = await desk.delivered(status="processing")
    by = By("staff/anna", desk.clock.now())
    async with desk.begin(desk.shop.scope) as tx:
        invoice = await issue_by_hand(tx, IssueByHand(order_id, "invoice"), by)
        await cancel_order(tx, CancelOrder(order_id, "out of tea", "staff/anna"), now=desk.clock.now())
    errands = await fetch_errands(desk.begin, desk.clock.now(), Fetching())
    for errand in errands:
        if errand.kind == "credit_cancelled":
            await credit_cancelled(errand, begin=desk.begin, clock=desk.clock)
    _, note = await desk.documents(order_id)
    assert (note.row.kind, note.row.cause, note.row.gross) == ("credit_note", "cancellation", invoice.row.gross)
    *_, fact = await facts(desk.begin, desk.shop, order_id)
    assert (fact["kind"], fact["snapshot"]["document"]["kind"]) == ("document.issued", "credit_note")
