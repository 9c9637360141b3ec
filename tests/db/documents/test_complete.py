"""An order is completed: closed, its documents issued, its message owed."""

from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.clock import FixedClock
from tests.db.documents.desk import Desk
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, messages, records
from tests.fixtures.shop import Shop
from tidings.documents.complete import complete_order
from tidings.documents.correct import CorrectDocument, correct_document
from tidings.documents.issue_by_hand import IssueByHand, issue_by_hand
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.orders.close import CloseOrder
from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import By


async def test_a_delivered_order_is_closed(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="delivered")
    async with begin(shop.scope) as tx:
        order = await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())
    assert order.row.status == "completed"
    *_, fact = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["snapshot"]["order"]["status"]) == ("order.closed", "completed")


async def test_what_has_not_arrived_is_not_closed(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="shipped")
    with pytest.raises(IllegalMove):
        async with begin(shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())


async def test_an_open_issue_keeps_an_order_open(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="delivered", on_hold=True)
    with pytest.raises(OrderOnHold):
        async with begin(shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "shop"), now=clock.now())


async def test_documents_are_issued_with_the_completion_and_its_message_waits_for_them(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, warranty = await desk.complete(order_id)
    assert [(each.row.kind, each.row.name, each.row.cause) for each in (invoice, warranty)] == [
        ("invoice", "INV-000001", "completion"), ("warranty", "WAR-000001", "completion"),
    ]  # fmt: skip
    assert (invoice.row.net, invoice.row.tax, invoice.row.gross) == (6023, 937, 6960)
    assert (warranty.row.gross, invoice.file) == (None, None)
    *issued, closed = (await facts(desk.begin, desk.shop, order_id))[-3:]
    assert [fact["kind"] for fact in issued] == ["document.issued"] * 2
    assert [(each["kind"], each["number"]) for each in closed["snapshot"]["documents"]] == [
        ("invoice", "INV-000001"), ("warranty", "WAR-000001"),
    ]  # fmt: skip
    assert await desk.waits(order_id)


async def test_records_of_documents_have_their_numbers_and_no_personal_data(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    await desk.make()
    written = [one for one in await records(desk.begin, desk.shop, order_id) if one["kind"].startswith("document.")]
    assert [one["kind"] for one in written] == ["document.issued"] * 2 + ["document.made"] * 2
    assert written[2]["data"]["sha256"] == (await desk.documents(order_id))[0].file.sha256.hex()
    assert "Ada" not in str(written)
    assert "Invaliden" not in str(written)


async def test_a_shop_says_which_documents_it_issues(desk: Desk) -> None:
    await desk.rule(at_completion=["receipt"], series={"receipt": "Q-"}, has_year=True)
    (receipt,) = await desk.complete(await desk.delivered())
    year = desk.clock.now().astimezone(ZoneInfo("Europe/Berlin")).year
    assert (receipt.row.kind, receipt.row.name) == ("receipt", f"Q-{year}-000001")
    await desk.rule(at_completion=[])
    order_id = await desk.delivered("D-2")
    assert await desk.complete(order_id) == []
    assert not await desk.waits(order_id)


async def test_what_gives_no_cause_is_not_issued(desk: Desk) -> None:
    """A receipt of what is not paid, a warranty of what is not warranted."""
    await desk.rule(at_completion=["receipt", "warranty"])
    order_id = await desk.delivered(payment_check="pending")
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE order_lines SET warranty_months = NULL")
    assert await desk.complete(order_id) == []


async def test_an_invoice_that_stands_already_goes_along_and_is_not_issued_again(desk: Desk) -> None:
    order_id = await desk.delivered()
    async with desk.begin(desk.shop.scope) as tx:
        await issue_by_hand(tx, IssueByHand(order_id, "invoice"), By("staff/anna", desk.clock.now()))
    documents = await desk.complete(order_id)
    assert [each.row.name for each in documents] == ["INV-000001", "WAR-000001"]
    *_, closed = await facts(desk.begin, desk.shop, order_id)
    assert [each["number"] for each in closed["snapshot"]["documents"]] == ["INV-000001", "WAR-000001"]


async def bought_more(desk: Desk, order_id: UUID) -> None:
    """One more of the tea, as a change that was approved leaves it."""
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE order_lines SET quantity = 3 WHERE order_id = $1 AND line = 1", order_id)
        await tx.raw.execute("UPDATE orders SET total = total + 990 WHERE id = $1", order_id)


async def test_what_was_issued_before_the_order_was_changed_is_issued_anew(desk: Desk) -> None:
    await desk.rule(at_completion=["invoice", "receipt", "warranty"])
    order_id = await desk.delivered()
    by = By("staff/anna", desk.clock.now())
    async with desk.begin(desk.shop.scope) as tx:
        for kind in ("invoice", "receipt", "warranty"):
            await issue_by_hand(tx, IssueByHand(order_id, kind), by)
    await desk.make()
    await bought_more(desk, order_id)
    *_, note, invoice, receipt = await desk.complete(order_id)
    assert (note.row.kind, note.row.credits is not None, note.row.gross) == ("credit_note", True, 6960)
    assert [(each.row.name, each.row.gross) for each in (invoice, receipt)] == [
        ("INV-000002", 7950), ("RCT-000002", 7950),
    ]  # fmt: skip
    *_, closed = await facts(desk.begin, desk.shop, order_id)
    sent = [each["number"] for each in closed["snapshot"]["documents"]]
    assert sent == ["INV-000002", "RCT-000002", "WAR-000001"], "what is warranted is what it was"
    assert await desk.waits(order_id)


async def test_whom_a_document_was_corrected_to_is_whom_the_next_one_is_for(desk: Desk) -> None:
    order_id = await desk.delivered(status="processing")
    by = By("staff/anna", desk.clock.now())
    async with desk.begin(desk.shop.scope) as tx:
        wrong = await issue_by_hand(tx, IssueByHand(order_id, "invoice"), by)
        await correct_document(tx, CorrectDocument(wrong.row.id, "The VAT ID was missing", vat_id="DE12"), by)
    await bought_more(desk, order_id)
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET status = 'delivered' WHERE id = $1", order_id)
    *_, invoice, _ = sorted(await desk.complete(order_id), key=lambda held: held.kind)
    assert (invoice.row.name, invoice.row.input["order"]["vat_id"]) == ("INV-000003", "DE12")


async def test_whoever_is_not_told_gets_documents_all_the_same(desk: Desk) -> None:
    order_id = await desk.delivered(notify=False)
    assert len(await desk.complete(order_id)) == 2
    assert ("order_completed", wire("ord", order_id)) not in await messages(desk.begin, desk.shop, order_id)
