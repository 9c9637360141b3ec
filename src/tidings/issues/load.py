"""Issues as verbs take them in hand: with their order, both locked, the order first."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tidings.issues.errors import IssueResolved
from tidings.issues.schemas import issue_of
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.orders.load import About, HeldOrder, order_for_update
from tidings.records.words import Words
from tidings.storefronts.kinds import Milestone
from tidings.tasks.finish import Cause


@dataclass(slots=True)
class HeldIssue:
    """An issue in hand, with the order that it holds."""

    order: HeldOrder
    row: IssueRow

    @property
    def wire_id(self) -> str:
        """`iss_…`."""
        return wire("iss", self.row.id)

    def cause(self, tx: Tx) -> Cause:
        """Of the task to settle it."""
        return Cause(self.row.storefront_id, tx.scope.mode, "handle_issue", self.wire_id)


async def open_issue_for_update(tx: Tx, issue_id: UUID | None) -> HeldIssue:
    """An issue that is not settled yet, and its order, locked until the transaction ends.

    Raises:
        NotFound: there is no such issue.
        IssueResolved: it is settled already.
    """
    order = await order_for_update(tx, await _order_of(tx, issue_id))
    wanted = select(IssueRow).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.id == issue_id,
    )
    row = (await tx.session.scalars(wanted.with_for_update())).one()
    if row.status != "open":
        raise IssueResolved(issue=wire("iss", row.id), resolved_by=row.resolved_by)
    return HeldIssue(order, row)


async def _order_of(tx: Tx, issue_id: UUID | None) -> UUID:
    wanted = select(IssueRow.order_id).where(
        IssueRow.storefront_id == tx.scope.storefront_id, IssueRow.mode == tx.scope.mode, IssueRow.id == issue_id
    )
    found = await tx.session.scalar(wanted) if issue_id is not None else None
    if found is None:
        raise NotFound
    return found


async def is_held(tx: Tx, order: HeldOrder) -> bool:
    """Whether an issue of the order is still open."""
    await tx.flush()
    still_open = select(func.count()).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.status == "open",
    )
    return bool(await tx.session.scalar(still_open))


def about_issue(
    row: IssueRow, *, untold: frozenset[Milestone] = frozenset(), words: Words | None = None, **data: Any
) -> About:
    """What a fact about an issue tells: ids for the record, words beside it, the whole issue for the snapshot."""
    issue = issue_of(row)
    return About(
        subject=issue.id,
        data={"issue": issue.id, "kind": row.kind, **data},
        words=words,
        snapshot={"issue": issue.model_dump_json()},
        untold=untold,
    )
