"""A document that was issued stays; another takes its place."""

from uuid import UUID

import pytest

from tests.db.documents.desk import Desk
from tests.db.documents.test_credit import credited
from tidings.documents.correct import CorrectDocument, correct_document
from tidings.documents.errors import NotCorrectable
from tidings.documents.queries import Held, standing
from tidings.orders.load import By

ADDRESS = {"name": "Byron Engines Ltd", "line1": "Ockham Park", "line2": None, "city": "Ockham", "region": None,
           "postal_code": "GU23 6NQ", "country": "GB"}  # fmt: skip


async def corrected(desk: Desk, document_id: UUID) -> list[Held]:
    command = CorrectDocument(document_id, "Wrong company", billing_address=ADDRESS, vat_id="GB123456789")
    async with desk.begin(desk.shop.scope) as tx:
        return list(await correct_document(tx, command, By("staff/anna", desk.clock.now())))


async def test_an_invoice_is_taken_back_and_issued_anew(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    note, again = await corrected(desk, invoice.row.id)
    assert (note.row.kind, note.row.credits, note.row.gross) == ("credit_note", invoice.row.id, invoice.row.gross)
    assert (again.row.name, again.row.replaces) == ("INV-000002", invoice.row.id)
    assert again.row.input["order"]["billing_address"] == ADDRESS
    assert again.row.input["order"]["vat_id"] == "GB123456789"
    assert standing(await desk.documents(order_id), "invoice") is not None
    with pytest.raises(NotCorrectable):
        await corrected(desk, invoice.row.id)
    with pytest.raises(NotCorrectable):
        await corrected(desk, note.row.id)
    await corrected(desk, again.row.id)


async def test_what_had_gone_back_has_gone_back_of_the_new_one_too(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    await credited(desk, order_id, "rfd_1", 2000)
    note, again, anew = await corrected(desk, invoice.row.id)
    assert note.row.gross == invoice.row.gross - 2000
    assert (anew.row.gross, anew.row.credits) == (2000, again.row.id)


async def test_a_credit_note_is_for_whom_the_invoice_was(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    note, _ = await corrected(desk, invoice.row.id)
    (later,) = await credited(desk, order_id, "rfd_1", 2000)
    names = ("customer", "vat_id", "billing_address", "shipping_address")
    assert [note.row.input["order"][name] for name in names] == [invoice.row.input["order"][name] for name in names]
    assert (later.row.input["order"]["billing_address"], later.row.input["order"]["vat_id"]) == (ADDRESS, "GB123456789")


async def test_a_warranty_is_only_issued_anew(desk: Desk) -> None:
    order_id = await desk.delivered()
    _, warranty = await desk.complete(order_id)
    (again,) = await corrected(desk, warranty.row.id)
    assert (again.row.kind, again.row.name, again.row.replaces) == ("warranty", "WAR-000002", warranty.row.id)
