"""Has money go back to the customer: never more than was paid, and once for each cause."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tidings.changes.errors import RefundTooHigh
from tidings.changes.kinds import RefundMethod
from tidings.changes.money import purse_of
from tidings.changes.tables import RefundRow
from tidings.changes.told import refund_snapshot, refund_told
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.milestones.facts import Fact
from tidings.orders.load import About, By, HeldOrder, fact_of
from tidings.outbox.leave import Errand, leave_errands
from tidings.storefronts.connected import providers_connected
from tidings.storefronts.judge import TEST_PROVIDER
from tidings.tasks.open import Opening, open_tasks


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Pay this much back."""

    # Minor units of the order's currency; more than nothing.
    amount: int
    # The request that it follows from; None: the shop's own cancellation.
    request_id: UUID | None
    # For the record and the customer's message: words of the trade, no personal data.
    reason: str


async def request_refund(tx: Tx, order: HeldOrder, wanted: RequestRefund, by: By) -> RefundRow:
    """Write it down, and let the provider or a person pay; or find the one that there is for the same cause.

    Part of whoever holds the order; the fact (`refund_requested`) is told by them, in its place among the others.

    Raises:
        RefundTooHigh: that is more than was paid and has not gone back.
    """
    found = await refund_for(tx, order, wanted.request_id)
    if found is not None:
        return found
    await refuse_too_high(tx, order, wanted.amount)
    row = _row(order, wanted, by, await _method(tx, order))
    tx.session.add(row)
    await tx.flush()
    if row.method == "provider":
        await leave_errands(tx, _errand(tx, row, by))
    else:
        await open_tasks(tx, by_hand(tx, row, by))
    return row


async def refuse_too_high(tx: Tx, order: HeldOrder, amount: int) -> None:
    """Let nothing pass that would make more go back than came in.

    Raises:
        RefundTooHigh: it would.
    """
    purse = await purse_of(tx, order)
    if amount > purse.left:
        currency = order.row.currency
        detail = f"{amount} {currency} cannot go back: {purse.paid} were paid, {purse.back} of it go back already."
        at_most = {"amount": purse.left, "currency": currency}
        raise RefundTooHigh(detail, at_most=at_most, paid=purse.paid, going_back=purse.back)


async def refund_for(tx: Tx, order: HeldOrder, request_id: UUID | None) -> RefundRow | None:
    """What goes back for this cause already."""
    wanted = select(RefundRow).where(
        RefundRow.storefront_id == order.row.storefront_id,
        RefundRow.order_id == order.row.id,
        RefundRow.request_id.is_(None) if request_id is None else RefundRow.request_id == request_id,
    )
    return (await tx.session.scalars(wanted)).one_or_none()


def refund_requested(order: HeldOrder, row: RefundRow, by: By) -> Fact:
    """The fact that it was asked for."""
    told = refund_told(row)
    data = {"refund": told.id, "amount": row.amount, "currency": row.currency, "method": row.method}
    about = About(subject=told.id, data=data, snapshot={"refund": refund_snapshot(row)})
    return fact_of(order, "refund.requested", by, about)


async def _method(tx: Tx, order: HeldOrder) -> RefundMethod:
    """The provider pays back what came through it, if it is connected; everything else is a person's."""
    connected = await providers_connected(tx, "payment")
    return "provider" if payer_of(order, connected) is not None else "manual"


def payer_of(order: HeldOrder, connected: list[str]) -> str | None:
    """Which of the connected providers can pay this order's money back: the one that it came through."""
    payment = order.row.details.get("payment") or {}
    if not payment.get("reference"):
        return None
    named = payment.get("provider")
    return next((name for name in connected if name == TEST_PROVIDER or named is None or name == named.lower()), None)


def _row(order: HeldOrder, wanted: RequestRefund, by: By, method: RefundMethod) -> RefundRow:
    return RefundRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        mode=order.row.mode,
        request_id=wanted.request_id,
        amount=wanted.amount,
        currency=order.row.currency,
        status="requested",
        method=method,
        reason=wanted.reason,
        provider_refund_id=None,
        reference=None,
        failure=None,
        requested_at=by.at,
        requested_by=by.actor,
        settled_at=None,
        settled_by=None,
    )


def _errand(tx: Tx, row: RefundRow, by: By) -> Errand:
    return Errand(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="carry_refund",
        subject=wire("rfd", row.id),
        due_at=by.at,
    )


def by_hand(tx: Tx, row: RefundRow, by: By) -> Opening:
    """The task of whoever pays it back."""
    refund = wire("rfd", row.id)
    return Opening(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="refund_by_hand",
        cause=refund,
        opened_at=by.at,
        data={"refund": refund, "amount": row.amount, "currency": row.currency, "failure": row.failure},
    )
