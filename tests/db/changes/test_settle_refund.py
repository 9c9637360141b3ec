"""What became of money, by a person's word."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.facts import facts, messages, tasks, told
from tests.fixtures.refunds import connected, refund_as_kept, refund_asked_for, wire_refund
from tests.fixtures.wishes import Desk
from tidings.changes.errors import RefundNotByHand, RefundSettled
from tidings.changes.kinds import REFUND_METHODS
from tidings.changes.settle_refund import SettleRefund, settle_by_hand
from tidings.changes.states import REFUND_STATUSES
from tidings.documents.correct import CorrectDocument, correct_document
from tidings.documents.issue_by_hand import IssueByHand, issue_by_hand
from tidings.documents.queries import Held, documents_of
from tidings.kit.problem import NotFound
from tidings.orders.load import By


async def settled(desk: Desk, refund_id: UUID | None, outcome: Any, **more: Any) -> None:
    command = SettleRefund(refund_id, outcome, more.get("reference"), more.get("reason"), "staff/anna")
    async with desk.begin(desk.shop.scope) as tx:
        await settle_by_hand(tx, command, now=desk.clock.now())


async def test_what_a_person_paid_is_told_and_nobody_has_to_any_more(desk: Desk) -> None:
    order_id = await desk.order()
    refund_id = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id)
    assert await tasks(desk.begin, desk.shop, order_id) == [("refund_by_hand", "open")]
    await settled(desk, refund_id, "succeeded", reference="SEPA 17")
    kept = await refund_as_kept(desk.begin, refund_id)
    assert (kept["status"], kept["reference"], kept["settled_by"]) == ("succeeded", "SEPA 17", "staff/anna")
    assert await tasks(desk.begin, desk.shop, order_id) == [("refund_by_hand", "dropped")]
    fact = (await facts(desk.begin, desk.shop, order_id))[-1]
    assert (fact["kind"], fact["snapshot"]["refund"]["reference"]) == ("refund.settled", "SEPA 17")
    assert ("refund_update", wire_refund(refund_id)) in await messages(desk.begin, desk.shop, order_id)


async def test_what_could_not_be_paid_stays_somebodys_task_and_is_told_again_when_it_could(desk: Desk) -> None:
    order_id = await desk.order()
    refund_id = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id)
    await settled(desk, refund_id, "failed", reason="account closed")
    assert (await refund_as_kept(desk.begin, refund_id))["failure"] == "account closed"
    assert await tasks(desk.begin, desk.shop, order_id) == [("refund_by_hand", "open")]
    await settled(desk, refund_id, "succeeded")
    assert (await refund_as_kept(desk.begin, refund_id))["failure"] is None
    updates = [one for one in await messages(desk.begin, desk.shop, order_id) if one[0] == "refund_update"]
    assert len(updates) == 2


async def test_every_status_by_every_method_takes_or_refuses_every_word(desk: Desk) -> None:
    order_id = await desk.order()
    await connected(desk.begin, desk.shop)
    refund_id = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id)
    set_to = "UPDATE refunds SET status = $1, method = $2 RETURNING 1"
    for status, method, outcome in product(REFUND_STATUSES, REFUND_METHODS, ("succeeded", "failed")):
        await told(desk.begin, set_to, status, method)
        if method == "provider" and status in {"requested", "pending"}:
            with pytest.raises(RefundNotByHand):
                await settled(desk, refund_id, outcome)
        elif status == "succeeded" or (status, outcome) == ("failed", "failed"):
            with pytest.raises(RefundSettled):
                await settled(desk, refund_id, outcome)
        else:
            await settled(desk, refund_id, outcome)
            assert (await refund_as_kept(desk.begin, refund_id))["status"] == outcome


async def test_what_is_not_there_is_not_settled(desk: Desk) -> None:
    for missing in (None, UUID(int=0)):
        with pytest.raises(NotFound):
            await settled(desk, missing, "failed")


ONE = {"lines": [{"sku": "TEA-01", "quantity": 1}]}


@pytest.mark.parametrize("is_issued", ["before the change", "after the change"])
async def test_what_an_invoice_knows_already_is_not_credited(desk: Desk, is_issued: str) -> None:
    order_id = await desk.order()
    if is_issued == "before the change":
        await invoiced(desk, order_id)
    desk.clock.advance(timedelta(minutes=1))
    held = await desk.done(order_id, ONE)
    desk.clock.advance(timedelta(minutes=1))
    if is_issued == "after the change":
        await invoiced(desk, order_id)
    assert held.refund is not None
    await settled(desk, held.refund.id, "succeeded")
    assert await left_of_invoices(desk, order_id) == [1480], "what the customer has paid and not got back"


async def test_what_goes_beyond_the_change_is_credited_all_the_same(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.said(await desk.asked(order_id, ONE), refund=1000)
    desk.clock.advance(timedelta(minutes=1))
    await invoiced(desk, order_id)
    assert held.refund is not None
    await settled(desk, held.refund.id, "succeeded")
    assert await left_of_invoices(desk, order_id) == [1470]


async def test_a_corrected_invoice_is_credited_for_what_it_does_not_know(desk: Desk) -> None:
    order_id = await desk.order()
    invoice = await invoiced(desk, order_id)
    desk.clock.advance(timedelta(minutes=1))
    held = await desk.said(await desk.asked(order_id, ONE), refund=1000)
    assert held.refund is not None
    await settled(desk, held.refund.id, "succeeded")
    assert await left_of_invoices(desk, order_id) == [1470]
    async with desk.begin(desk.shop.scope) as tx:
        command = CorrectDocument(invoice.row.id, "Wrong company", vat_id="GB123456789")
        await correct_document(tx, command, By("staff/anna", desk.clock.now()))
    assert await left_of_invoices(desk, order_id) == [0, 1470]


async def invoiced(desk: Desk, order_id: UUID) -> Held:
    async with desk.begin(desk.shop.scope) as tx:
        return await issue_by_hand(tx, IssueByHand(order_id, "invoice"), By("staff/anna", desk.clock.now()))


async def left_of_invoices(desk: Desk, order_id: UUID) -> list[int]:
    """What each invoice comes to, without what was credited of it."""
    async with desk.begin.reading(desk.shop.scope) as tx:
        documents = await documents_of(tx, order_id)
    return [
        (each.row.gross or 0) - sum(note.row.gross or 0 for note in documents if note.row.credits == each.row.id)
        for each in documents
        if each.kind == "invoice"
    ]
