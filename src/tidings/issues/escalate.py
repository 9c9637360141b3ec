"""Escalates issues that were not settled in time: each goes on once, to whom the shop's policy names.

What is due is found by index (ix_issues_due), so that looking costs by what is due, not by what is stored. Each goes
on in a transaction of its own: a worker that dies leaves it whole, and due.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from tidings.issues.errors import IssueResolved
from tidings.issues.load import HeldIssue, about_issue, open_issue_for_update
from tidings.issues.open import opening_of
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.outage import is_database_away
from tidings.kit.scope import Scope
from tidings.milestones.follow import follow
from tidings.orders.load import By, fact_of
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.hand_over import hand_over_task
from tidings.tasks.open import open_tasks

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = timedelta(seconds=5)
_MOST_AT_ONCE: Final = 100

_DUE = """
SELECT storefront_id, mode, id FROM issues
WHERE status = 'open' AND escalated_at IS NULL AND due_at <= $1
ORDER BY due_at LIMIT $2
"""


async def watch_issues(begin: Begin, clock: Clock) -> None:
    """Look for what is due, again and again, until cancelled, which may happen at any moment without harm."""
    while True:
        await escalate_issues(begin, clock.now())
        await asyncio.sleep(_LOOK_EVERY.total_seconds())


async def escalate_issues(begin: Begin, now: datetime) -> int:
    """Let what is due by now go on; says how many there were."""
    async with begin.statement() as connection:
        due = await connection.fetch(_DUE, now, _MOST_AT_ONCE)
    return sum([await _escalated(begin, Scope(row["storefront_id"], row["mode"]), row["id"], now) for row in due])


async def _escalated(begin: Begin, scope: Scope, issue_id: UUID, now: datetime) -> bool:
    try:
        async with begin(scope) as tx:
            issue = await open_issue_for_update(tx, issue_id)
            if not _is_due(issue, now):
                return False
            await _escalate(tx, issue, By("system", now))
            return True
    except IssueResolved:
        return False
    except Exception as error:
        if is_database_away(error):
            raise
        # One that cannot go on keeps the others from nothing.
        log.exception("issue.not_escalated", issue=issue_id.hex, error=type(error).__name__)
        return False


def _is_due(issue: HeldIssue, now: datetime) -> bool:
    """Still, now that it is locked: somebody else may have escalated it, or put it off."""
    row = issue.row
    return row.escalated_at is None and row.due_at is not None and row.due_at <= now


async def _escalate(tx: Tx, issue: HeldIssue, by: By) -> None:
    row, before = issue.row, issue.row.owner
    delegate = (await shop_rules(tx, row.storefront_id)).policy.desk.delegate
    row.escalated_at, row.owner = by.at, delegate or before
    about = about_issue(row, owner=row.owner, before=before)
    await follow(tx, [fact_of(issue.order, "issue.escalated", by, about)])
    # Whoever had the task may have finished it without settling the issue.
    await open_tasks(tx, opening_of(tx, row, reason="not settled in time"))
    await hand_over_task(tx, issue.cause(tx), owner=row.owner, due_at=row.due_at)
