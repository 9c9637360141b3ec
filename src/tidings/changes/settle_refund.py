"""Settles a refund: the money went back, or it could not; the customer is told, and what failed is a person's task."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tidings.changes.credit_cancelled import CAUSE
from tidings.changes.errors import RefundNotByHand, RefundSettled
from tidings.changes.kinds import ManualOutcome
from tidings.changes.refund import by_hand
from tidings.changes.states import NEXT_OF_REFUND
from tidings.changes.tables import ChangeRequestRow, RefundRow
from tidings.changes.told import refund_snapshot
from tidings.documents.credit import credit_invoice
from tidings.documents.queries import documents_of, standing
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.open import open_tasks

# Who settles what nobody has to.
PROVIDER: Final = "provider"


@dataclass(slots=True)
class HeldRefund:
    """A refund whose order is locked."""

    order: HeldOrder
    row: RefundRow


@dataclass(frozen=True, slots=True)
class SettleRefund:
    """A person tells what became of it."""

    refund_id: UUID | None
    outcome: ManualOutcome
    reference: str | None
    reason: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a refund came to."""

    outcome: ManualOutcome
    # What it is found by: the provider's id, or a person's word.
    reference: str | None = None
    # Why it could not be paid.
    failure: str | None = None


async def settle_by_hand(tx: Tx, command: SettleRefund, *, now: datetime) -> HeldRefund:
    """Take a person's word for a refund that no provider pays, or that the provider could not pay.

    Raises:
        NotFound: there is no such refund.
        RefundSettled: it has this outcome, or the final one, already.
        RefundNotByHand: the provider is being asked.
    """
    held = await refund_for_update(tx, command.refund_id)
    row = held.row
    refund = wire("rfd", row.id)
    if row.method == "provider" and row.status in {"requested", "pending"}:
        raise RefundNotByHand(refund=refund, refund_status=row.status)
    if command.outcome not in _may_become(row):
        raise RefundSettled(refund=refund, refund_status=row.status, settled_by=row.settled_by)
    await settle(tx, held, Settlement(command.outcome, command.reference, command.reason), By(command.actor, now))
    return held


def _may_become(row: RefundRow) -> tuple[str, ...]:
    return next((tuple(after) for status, after in NEXT_OF_REFUND.items() if status == row.status), ())


async def settle(tx: Tx, held: HeldRefund, what: Settlement, by: By) -> None:
    """Give the refund in hand its outcome, and let everything follow."""
    row = held.row
    row.status, row.settled_at, row.settled_by = what.outcome, by.at, by.actor
    row.failure = what.failure if what.outcome == "failed" else None
    if by.actor == PROVIDER:
        row.provider_refund_id = what.reference or row.provider_refund_id
    else:
        row.reference = what.reference or row.reference
    await tx.flush()
    refund = wire("rfd", row.id)
    about = About(
        subject=refund,
        data={"refund": refund, "refund_status": row.status, "method": row.method},
        words={"failure": row.failure},
        snapshot={"refund": refund_snapshot(row)},
    )
    await follow(tx, [fact_of(held.order, "refund.settled", by, about)])
    if what.outcome == "failed":
        await open_tasks(tx, by_hand(tx, row, by))
    else:
        cause = Cause(row.storefront_id, tx.scope.mode, "refund_by_hand", refund)
        await drop_tasks(tx, [cause], why="the money went back", now=by.at)
        if amount := await _uninvoiced(tx, held):
            await follow(tx, (await credit_invoice(tx, held.order, by, cause=refund, amount=amount)).facts)


async def _uninvoiced(tx: Tx, held: HeldRefund) -> int:
    """How much of it the invoice does not know yet.

    A cancellation has taken back what did not leave; one that was issued after a change has its price already.
    """
    row, change = held.row, await _change_of(tx, held.row)
    if change is None or change.kind == "cancellation":
        notes = (each.row for each in await documents_of(tx, row.order_id) if each.row.cause == CAUSE)
        return max(0, row.amount - sum(note.gross or 0 for note in notes))
    cheaper = max(0, -(change.price_change or 0))
    if change.decided_at is None or not cheaper:
        return row.amount
    invoice = standing(await documents_of(tx, row.order_id), "invoice")
    knows = invoice is not None and invoice.row.issued_at > change.decided_at
    return max(0, row.amount - cheaper) if knows else row.amount


async def _change_of(tx: Tx, row: RefundRow) -> ChangeRequestRow | None:
    wanted = select(ChangeRequestRow).where(
        ChangeRequestRow.storefront_id == row.storefront_id,
        ChangeRequestRow.order_id == row.order_id,
        ChangeRequestRow.id == row.request_id,
    )
    return (await tx.session.scalars(wanted)).one_or_none() if row.request_id is not None else None


async def refund_for_update(tx: Tx, refund_id: UUID | None) -> HeldRefund:
    """The refund and its order, locked until the transaction ends.

    Raises:
        NotFound: there is no such refund in this storefront and mode.
    """
    mine = (RefundRow.storefront_id == tx.scope.storefront_id, RefundRow.mode == tx.scope.mode)
    wanted = select(RefundRow.order_id).where(*mine, RefundRow.id == refund_id)
    order_id = await tx.session.scalar(wanted) if refund_id is not None else None
    if order_id is None:
        raise NotFound
    order = await order_for_update(tx, order_id)
    found = select(RefundRow).where(*mine, RefundRow.order_id == order_id, RefundRow.id == refund_id)
    return HeldRefund(order, (await tx.session.scalars(found.with_for_update())).one())
