"""How requests and refunds are told: to callers, and in the snapshots of facts."""

from collections.abc import Sequence
from typing import Any, Final, cast

from tidings.changes.book import Book
from tidings.changes.kinds import ChangeKind, ChangeOutcome, DecisionOutcome, RefundMethod, RequestedBy, Via
from tidings.changes.load import HeldRequest
from tidings.changes.schemas import AppliedPolicy, Approval, ChangeRequest, Refund, RefundOfChange
from tidings.changes.states import ChangeStatus, RefundStatus
from tidings.changes.tables import ApprovalRow, ChangeRequestRow, RefundRow
from tidings.kit.ids import wire
from tidings.kit.money import Money
from tidings.kit.rows import json_text
from tidings.storefronts.policy import ChangePart

_OUTCOMES: Final[dict[str, ChangeOutcome]] = {
    "carried_out": "approved",
    "declined": "declined",
    "lapsed": "lapsed",
}


def change_told(
    row: ChangeRequestRow, approvals: Sequence[ApprovalRow], book: Book, refund: RefundRow | None, currency: str
) -> ChangeRequest:
    """A request as the API answers it."""
    return ChangeRequest(
        id=wire("chg", row.id),
        order_id=wire("ord", row.order_id),
        kind=cast("ChangeKind", row.kind),
        status=cast("ChangeStatus", row.status),
        reason=row.reason,
        changes=row.changes,
        parts=cast("list[ChangePart]", row.parts),
        requested_by=cast("RequestedBy", row.requested_by),
        via=cast("Via", row.via),
        actor=row.actor,
        requested_at=row.requested_at,
        acknowledge_by=row.acknowledge_due_at,
        decide_by=row.decide_due_at,
        notify_by=row.notify_due_at,
        policy=AppliedPolicy(
            version=row.policy_version, rule=row.rule, document=book.policy.documents.order_management
        ),
        needs_approvals=row.needs_approvals,
        approvals=[_approval(approval, currency) for approval in approvals],
        outcome=_OUTCOMES.get(row.status),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
        refund=None if refund is None else _refund_of_change(refund),
    )


def held_told(held: HeldRequest) -> ChangeRequest:
    """The same of a request in hand."""
    return change_told(held.row, held.approvals, held.book, held.refund, held.order.row.currency)


def _approval(row: ApprovalRow, currency: str) -> Approval:
    return Approval(
        actor=row.actor,
        outcome=cast("DecisionOutcome", row.outcome),
        reason=row.reason,
        refund=None if row.refund is None else Money(amount=row.refund, currency=currency),
        policy_version=row.policy_version,
        rule=row.rule,
        at=row.at,
    )


def _refund_of_change(row: RefundRow) -> RefundOfChange:
    return RefundOfChange(id=wire("rfd", row.id), amount=_amount(row), status=cast("RefundStatus", row.status))


def refund_told(row: RefundRow) -> Refund:
    """A refund as the API answers it."""
    return Refund(
        id=wire("rfd", row.id),
        order_id=wire("ord", row.order_id),
        request_id=None if row.request_id is None else wire("chg", row.request_id),
        amount=_amount(row),
        status=cast("RefundStatus", row.status),
        method=cast("RefundMethod", row.method),
        reason=row.reason,
        reference=row.reference or row.provider_refund_id,
        failure=row.failure,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _amount(row: RefundRow) -> Money:
    return Money(amount=row.amount, currency=row.currency)


def change_snapshot(held: HeldRequest) -> str:
    """The member `change` of a fact's snapshot: what messages tell of it."""
    row, refund = held.row, held.refund
    going_back: dict[str, Any] | None = None
    if refund is not None:
        days = held.book.policy.changes.refund_days
        going_back = {"amount": _amount(refund).model_dump(), "status": refund.status, "days": days}
    return json_text(
        {
            "id": held.wire_id,
            "kind": row.kind,
            "reason": row.reason,
            "changes": row.changes,
            "decide_by": row.decide_due_at,
            "notify_by": row.notify_due_at,
            "outcome": _OUTCOMES.get(row.status),
            "decision_reason": row.decision_reason,
            "refund": going_back,
        }
    )


def refund_snapshot(row: RefundRow) -> str:
    """The member `refund` of a fact's snapshot."""
    told = refund_told(row)
    return json_text(
        {
            "id": told.id,
            "amount": told.amount.model_dump(),
            "status": told.status,
            "reference": told.reference,
            "method": told.method,
            "reason": told.reason,
        }
    )
