"""Resolves an issue: it is settled, the customer is told how, and with the last one the order goes on."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from tidings.issues.errors import IssueResolved
from tidings.issues.kinds import IssueKind
from tidings.issues.open import open_issue_about
from tidings.issues.schemas import issue_of
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.milestones.follow import follow
from tidings.orders.advance import advance
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.storefronts.kinds import Milestone
from tidings.tasks.finish import Cause, drop_tasks


@dataclass(frozen=True, slots=True)
class ResolveIssue:
    """This is settled."""

    # None when the caller named what cannot be an issue.
    issue_id: UUID | None
    # How, as the customer reads it.
    resolution: str | None = None
    # False when the customer is told otherwise, or was never told of the issue.
    is_told: bool = True


async def resolve_issue(tx: Tx, command: ResolveIssue, by: By) -> IssueRow:
    """Settle an issue, and let its order go on if nothing else holds it.

    Raises:
        NotFound: there is no such issue.
        IssueResolved: somebody was quicker.
    """
    order = await order_for_update(tx, await _order_of(tx, command.issue_id))
    wanted = select(IssueRow).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.id == command.issue_id,
    )
    row = (await tx.session.scalars(wanted.with_for_update())).one()
    if row.status != "open":
        raise IssueResolved(issue=wire("iss", row.id), resolved_by=row.resolved_by)
    await _settle(tx, order, row, command, by)
    return row


async def resolve_about(tx: Tx, order: HeldOrder, kind: IssueKind, about: str, by: By, *, is_told: bool = True) -> None:
    """Settle what is open of this kind about this thing, if anything: its cause has gone away by itself."""
    row = await open_issue_about(tx, order, kind, about)
    if row is not None:
        await _settle(tx, order, row, ResolveIssue(row.id, is_told=is_told), by)


async def _settle(tx: Tx, order: HeldOrder, row: IssueRow, command: ResolveIssue, by: By) -> None:
    row.status, row.resolution = "resolved", command.resolution
    row.resolved_at, row.resolved_by = by.at, by.actor
    await tx.flush()
    order.row.on_hold = await _is_held(tx, order)
    order.touch(by.at)
    untold: frozenset[Milestone] = frozenset() if command.is_told else frozenset({"issue_resolved"})
    issue = issue_of(row)
    about = About(
        subject=issue.id,
        data={"issue": issue.id, "kind": row.kind, "still_on_hold": order.row.on_hold},
        snapshot={"issue": issue.model_dump_json()},
        untold=untold,
    )
    await follow(tx, [fact_of(order, "issue.resolved", by, about), *advance(order, by)])
    solved = Cause(row.storefront_id, tx.scope.mode, "handle_issue", issue.id)
    await drop_tasks(tx, [solved], why="the issue is resolved", now=by.at)


async def _is_held(tx: Tx, order: HeldOrder) -> bool:
    still_open = select(func.count()).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.status == "open",
    )
    return bool(await tx.session.scalar(still_open))


async def _order_of(tx: Tx, issue_id: UUID | None) -> UUID:
    wanted = select(IssueRow.order_id).where(
        IssueRow.storefront_id == tx.scope.storefront_id, IssueRow.mode == tx.scope.mode, IssueRow.id == issue_id
    )
    found = await tx.session.scalar(wanted) if issue_id is not None else None
    if found is None:
        raise NotFound
    return found
