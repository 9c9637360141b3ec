"""Takes invoices back by credit notes: wholly when an order is cancelled, in part when money goes back."""

from typing import Final

from tidings.documents.arithmetic import credited, total_of
from tidings.documents.issue import Issued, Wanted, issue, reference
from tidings.documents.queries import credited_of, documents_of, standing
from tidings.documents.snapshot import Groups, Occasion, groups_of
from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder

NOTHING_ISSUED: Final = Issued((), ())
# A credit note is for whom the invoice was, whatever has become of the order since.
_PARTIES: Final = ("customer", "vat_id", "billing_address", "shipping_address")


async def credit_invoice(
    tx: Tx, order: HeldOrder, by: By, *, cause: str, amount: int | None = None, reason: str | None = None
) -> Issued:
    """Take back so much of the invoice that stands, at most what is left of it; nothing if no invoice stands.

    Part of whoever holds the order, and lets the facts be followed.

    Args:
        tx: the transaction.
        order: locked.
        by: who, and when.
        cause: once for each.
        amount: gross, in minor units; None: all that is left.
        reason: as the customer may read it.
    """
    documents = await documents_of(tx, order.row.id)
    invoice = standing(documents, "invoice")
    done = any(each.row.kind == "credit_note" and each.row.cause == cause for each in documents)
    if invoice is None or done:
        return NOTHING_ISSUED
    before = credited_of(invoice.row, documents)
    groups = _taken_back(groups_of(invoice.row.input), before, amount)
    if not groups:
        return NOTHING_ISSUED
    occasion = Occasion(
        made_out_to={name: invoice.row.input["order"][name] for name in _PARTIES},
        groups=groups,
        credits=reference(invoice.row),
        reason=reason,
    )
    return await issue(tx, order, [Wanted("credit_note", cause, occasion)], by)


def _taken_back(invoice: Groups, before: Groups, amount: int | None) -> Groups:
    left = total_of(invoice).gross - total_of(before).gross
    return credited(invoice, before, left if amount is None else min(amount, left))


async def uncredited(tx: Tx, order: HeldOrder) -> int:
    """How much of the invoice that stands has not been taken back, in minor units; nothing if no invoice stands."""
    documents = await documents_of(tx, order.row.id)
    invoice = standing(documents, "invoice")
    return 0 if invoice is None else (invoice.row.gross or 0) - total_of(credited_of(invoice.row, documents)).gross
