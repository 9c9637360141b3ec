"""Opens an issue (SOP 4.3): the order is held, somebody must settle it, and the customer is told with next steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tidings.issues.kinds import IssueKind
from tidings.issues.load import about_issue
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import illegal
from tidings.storefronts.calendar import add_business
from tidings.storefronts.kinds import Milestone
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import Opening, open_tasks

_ENDED: Final = frozenset({"completed", "cancelled"})


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """Something is wrong with this order."""

    kind: IssueKind
    # What it is about within the order; None: only itself.
    about: str | None = None
    details: str | None = None
    next_steps: str | None = None
    # None: as the shop's policy says.
    owner: str | None = None
    due_at: datetime | None = None
    # False when another message tells the customer, or when it concerns staff alone.
    is_told: bool = True
    # For the task, and beside the record.
    reason: str | None = None


async def open_issue(tx: Tx, order: HeldOrder, wanted: OpenIssue, by: By) -> IssueRow:
    """Open it, or find the one that is open about the same thing; part of whoever holds the order.

    The order is on hold from now on: the shop does not go on with it, whatever the carrier does.
    """
    found = await open_issue_about(tx, order, wanted.kind, wanted.about)
    if found is not None:
        return found
    row = _row(order, wanted, by, await shop_rules(tx, order.row.storefront_id))
    tx.session.add(row)
    order.row.on_hold = True
    order.touch(by.at)
    untold: frozenset[Milestone] = frozenset() if wanted.is_told else frozenset({"issue_notification"})
    about = about_issue(row, untold=untold, words={"reason": wanted.reason}, about=row.about, owner=row.owner)
    await follow(tx, [fact_of(order, "issue.opened", by, about)])
    await open_tasks(tx, opening_of(tx, row, reason=wanted.reason))
    return row


async def open_issue_by_hand(tx: Tx, order_id: UUID | None, wanted: OpenIssue, by: By) -> IssueRow:
    """Open what staff has found.

    Raises:
        NotFound: there is no such order.
        IllegalMove: the order has ended.
        InvalidInput: it would be due in the past.
    """
    order = await order_for_update(tx, order_id)
    if order.row.status in _ENDED:
        raise illegal(order, "The order has ended: nothing is left to be settled.")
    check_due(wanted.due_at, by.at)
    return await open_issue(tx, order, wanted, by)


def check_due(due_at: datetime | None, now: datetime) -> None:
    """Let pass what is due later than now, or never.

    Raises:
        InvalidInput: it would be too late from the start.
    """
    if due_at is not None and due_at <= now:
        raise InvalidInput(faults=[Fault("/due_at", "lies in the past")])


async def open_issue_about(tx: Tx, order: HeldOrder, kind: IssueKind, about: str | None) -> IssueRow | None:
    """The open issue of this kind about this thing, locked."""
    if about is None:
        return None
    await tx.flush()
    wanted = select(IssueRow).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.kind == kind,
        IssueRow.about == about,
        IssueRow.status == "open",
    )
    return (await tx.session.scalars(wanted.with_for_update())).one_or_none()


def _due_at(rules: ShopRules, at: datetime) -> datetime:
    """By when an issue is to be settled of which nobody has said so."""
    within = timedelta(minutes=rules.policy.issue_settled_within_minutes)
    return add_business(at, within, rules.calendar, rules.time_zone)


def _row(order: HeldOrder, wanted: OpenIssue, by: By, rules: ShopRules) -> IssueRow:
    issue_id: UUID = new_id()
    return IssueRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=issue_id,
        mode=order.row.mode,
        kind=wanted.kind,
        about=wanted.about or wire("iss", issue_id),
        status="open",
        details=wanted.details,
        next_steps=wanted.next_steps,
        is_told=wanted.is_told,
        owner=wanted.owner or rules.on_duty(by.at),
        due_at=wanted.due_at or _due_at(rules, by.at),
        opened_at=by.at,
        opened_by=by.actor,
        escalated_at=None,
        resolution=None,
        resolved_at=None,
        resolved_by=None,
    )


def opening_of(tx: Tx, row: IssueRow, *, reason: str | None = None) -> Opening:
    """The task to settle an issue."""
    issue = wire("iss", row.id)
    return Opening(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="handle_issue",
        cause=issue,
        opened_at=row.opened_at,
        data={"issue": issue, "kind": row.kind, "reason": reason},
        owner=row.owner,
        due_at=row.due_at,
    )
