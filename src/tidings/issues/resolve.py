"""Resolves an issue: it is settled, the customer is told how, and with the last one the order goes on."""

from dataclasses import dataclass
from uuid import UUID

from tidings.issues.kinds import IssueKind
from tidings.issues.load import HeldIssue, about_issue, is_held, open_issue_for_update
from tidings.issues.open import open_issue_about
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.advance import advance
from tidings.orders.chores import check_cause
from tidings.orders.load import By, HeldOrder, fact_of
from tidings.storefronts.kinds import Milestone
from tidings.tasks.finish import drop_tasks
from tidings.tasks.open import Opening, open_tasks


@dataclass(frozen=True, slots=True)
class ResolveIssue:
    """This is settled."""

    # None when the caller named what cannot be an issue.
    issue_id: UUID | None
    # How, as the customer reads it.
    resolution: str | None = None
    # Whether the customer is told; None: if they were told of the issue.
    is_told: bool | None = None


async def resolve_issue(tx: Tx, command: ResolveIssue, by: By) -> IssueRow:
    """Settle an issue, and let its order go on if nothing else holds it; what it still waits for is somebody's task.

    Raises:
        NotFound: there is no such issue.
        IssueResolved: somebody was quicker.
    """
    issue = await open_issue_for_update(tx, command.issue_id)
    await settle_issue(tx, issue, command, by)
    if _has_failed_still(issue):
        await open_tasks(tx, _verification_of(tx, issue, by))
    return issue.row


def _has_failed_still(issue: HeldIssue) -> bool:
    """Whether it was about a check that nobody has told anew: the order would wait for that in silence."""
    row = issue.order.row
    checks = {"payment": row.payment_check, "stock": row.stock_check}
    return row.status == "received" and checks.get(issue.row.about) == "failed"


def _verification_of(tx: Tx, issue: HeldIssue, by: By) -> Opening:
    check = issue.row.about
    return Opening(
        storefront_id=issue.row.storefront_id,
        mode=tx.scope.mode,
        order_id=issue.row.order_id,
        kind="verify_by_hand",
        cause=check_cause(tx, issue.order, check).about,
        opened_at=by.at,
        data={"check": check, "reason": "its issue is settled, and it has failed still", "order": issue.order.wire_id},
        owner=issue.row.owner,
    )


async def resolve_about(tx: Tx, order: HeldOrder, kind: IssueKind, about: str, by: By) -> None:
    """Settle what is open of this kind about this thing, if anything: its cause has gone away by itself."""
    row = await open_issue_about(tx, order, kind, about)
    if row is not None:
        await settle_issue(tx, HeldIssue(order, row), ResolveIssue(row.id), by)


async def settle_issue(tx: Tx, issue: HeldIssue, command: ResolveIssue, by: By) -> None:
    """Settle an open issue; part of whoever holds it and its order."""
    order, row = issue.order, issue.row
    row.status, row.resolution = "resolved", command.resolution
    row.resolved_at, row.resolved_by = by.at, by.actor
    order.row.on_hold = await is_held(tx, order)
    order.touch(by.at)
    is_told = row.is_told if command.is_told is None else command.is_told
    untold: frozenset[Milestone] = frozenset() if is_told else frozenset({"issue_resolved"})
    about = about_issue(row, untold=untold, still_on_hold=order.row.on_hold)
    await follow(tx, [fact_of(order, "issue.resolved", by, about), *advance(order, by)])
    await drop_tasks(tx, [issue.cause(tx)], why="the issue is resolved", now=by.at)
