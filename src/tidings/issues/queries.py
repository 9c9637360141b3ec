"""Finds issues."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from tidings.issues.kinds import IssueKind, IssueStatus
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor, instant
from tidings.kit.problem import NotFound


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues are asked for; None asks for any."""

    status: IssueStatus | None = None
    kind: IssueKind | None = None
    order_id: UUID | None = None
    owner: str | None = None
    due_before: datetime | None = None


async def issues_page(tx: Tx, asked: IssueFilter, window: Window) -> Page[IssueRow]:
    """Issues of the transaction's storefront and mode, oldest first: what has waited longest is settled first."""
    wanted = _filtered(tx, asked)
    after = window.key(instant, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(IssueRow.opened_at, IssueRow.id) > after)
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    more = len(rows) > window.limit
    return Page(items, encode_cursor(items[-1].opened_at, items[-1].id) if more else None)


def _filtered(tx: Tx, asked: IssueFilter) -> Select[IssueRow]:
    wanted = select(IssueRow).where(IssueRow.storefront_id == tx.scope.storefront_id, IssueRow.mode == tx.scope.mode)
    equals = {"status": asked.status, "kind": asked.kind, "order_id": asked.order_id, "owner": asked.owner}
    wanted = wanted.filter_by(**{name: value for name, value in equals.items() if value is not None})
    if asked.due_before is not None:
        wanted = wanted.where(IssueRow.due_at < asked.due_before)
    return wanted.order_by(IssueRow.opened_at, IssueRow.id)


async def issue_by_id(tx: Tx, issue_id: UUID | None) -> IssueRow:
    """One issue of the transaction's storefront and mode.

    Raises:
        NotFound: there is no such issue.
    """
    wanted = select(IssueRow).where(
        IssueRow.storefront_id == tx.scope.storefront_id, IssueRow.mode == tx.scope.mode, IssueRow.id == issue_id
    )
    row = (await tx.session.scalars(wanted)).one_or_none() if issue_id is not None else None
    if row is None:
        raise NotFound
    return row
