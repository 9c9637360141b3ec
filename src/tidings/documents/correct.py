"""Corrects a document: it stays as it is; an invoice is taken back by a credit note, and a right one is issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tidings.documents.arithmetic import total_of
from tidings.documents.credit import NOTHING_ISSUED, credit_invoice
from tidings.documents.errors import NotCorrectable
from tidings.documents.issue import Issued, Wanted, issue, reference, supplied
from tidings.documents.queries import Held, credited_of, document_by_id, documents_of, standing
from tidings.documents.snapshot import Occasion
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, order_for_update


@dataclass(frozen=True, slots=True)
class CorrectDocument:
    """Correct this document."""

    document_id: UUID | None
    reason: str
    billing_address: Mapping[str, Any] | None = None
    vat_id: str | None = None


async def correct_document(tx: Tx, command: CorrectDocument, by: By) -> Sequence[Held]:
    """The document in its place, made from the order as it is now, behind the credit note if it was an invoice.

    Raises:
        NotFound: there is no such document.
        NotCorrectable: it is a credit note, or does not stand any more.
    """
    wrong = await document_by_id(tx, command.document_id)
    order = await order_for_update(tx, wrong.row.order_id)
    if wrong.kind == "credit_note":
        raise NotCorrectable(reason="a credit note is not corrected")
    standing_now = standing(await documents_of(tx, order.row.id), wrong.kind)
    if standing_now is None or standing_now.row.id != wrong.row.id:
        raise NotCorrectable(reason="it was corrected or credited already")
    right = {"billing_address": command.billing_address, "vat_id": command.vat_id}
    occasion = replace(
        await supplied(tx, order),
        made_out_to={name: value for name, value in right.items() if value is not None},
        reason=command.reason,
    )
    made = await issue_anew(tx, order, wrong, occasion, by)
    await follow(tx, made.facts)
    return made.documents


async def issue_anew(tx: Tx, order: HeldOrder, wrong: Held, occasion: Occasion, by: By) -> Issued:
    """Another document in the place of one that stands, behind the credit note if it is an invoice.

    Part of whoever holds the order, and lets the facts be followed.
    """
    cause, is_invoice = f"correction:{wire('doc', wrong.row.id)}", wrong.kind == "invoice"
    credited = total_of(credited_of(wrong.row, await documents_of(tx, order.row.id))).gross
    note = await credit_invoice(tx, order, by, cause=cause, reason=occasion.reason) if is_invoice else NOTHING_ISSUED
    # The reason stands on the credit note, where there is one.
    told = replace(occasion, reason=None if is_invoice else occasion.reason, replaces=reference(wrong.row))
    again = await issue(tx, order, [Wanted(wrong.kind, cause, told)], by)
    # What had gone back before has gone back of the new one, too, as far as the order has not become cheaper since.
    left = (wrong.row.gross or 0) - credited
    gone = min(credited, max(0, sum(each.row.gross or 0 for each in again.documents) - left))
    anew = await credit_invoice(tx, order, by, cause=f"{cause}:anew", amount=gone) if gone else NOTHING_ISSUED
    return Issued([*note.documents, *again.documents, *anew.documents], [*note.facts, *again.facts, *anew.facts])
