"""Settles whatever is open about an order that has ended: there is nothing left to settle it for."""

from sqlalchemy import select

from tidings.issues.load import HeldIssue
from tidings.issues.resolve import ResolveIssue, settle_issue
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder


async def settle_all_issues(tx: Tx, order: HeldOrder, by: By, *, why: str) -> int:
    """Settle every open issue of an order in hand, without a word to the customer; says how many there were."""
    await tx.flush()
    wanted = select(IssueRow).where(
        IssueRow.storefront_id == order.row.storefront_id,
        IssueRow.order_id == order.row.id,
        IssueRow.status == "open",
    )
    rows = (await tx.session.scalars(wanted.order_by(IssueRow.id).with_for_update())).all()
    for row in rows:
        await settle_issue(tx, HeldIssue(order, row), ResolveIssue(row.id, why, is_told=False), by)
    return len(rows)
