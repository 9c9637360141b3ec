"""Changes an issue: somebody else settles it, by another time, or the customer's next steps are other ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tidings.issues.load import about_issue, open_issue_for_update
from tidings.issues.open import check_due
from tidings.issues.tables import IssueRow
from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, fact_of
from tidings.tasks.hand_over import hand_over_task


@dataclass(frozen=True, slots=True)
class ChangeIssue:
    """Change this much of an issue."""

    # None when the caller named what cannot be an issue.
    issue_id: UUID | None
    # Column → what it says from now on; what is not named stays.
    changes: Mapping[str, Any]


async def change_issue(tx: Tx, command: ChangeIssue, by: By) -> IssueRow:
    """Change an open issue; the customer is told nothing, and what changes nothing does nothing.

    Raises:
        NotFound: there is no such issue.
        IssueResolved: it is settled already.
        InvalidInput: it would be due in the past.
    """
    issue = await open_issue_for_update(tx, command.issue_id)
    row = issue.row
    changed = [name for name, value in command.changes.items() if getattr(row, name) != value]
    if not changed:
        return row
    if "due_at" in changed:
        check_due(command.changes["due_at"], by.at)
        # A new time is a new promise.
        row.escalated_at = None
    for name in changed:
        setattr(row, name, command.changes[name])
    about = about_issue(row, changed=changed, owner=row.owner)
    await follow(tx, [fact_of(issue.order, "issue.changed", by, about)])
    await hand_over_task(tx, issue.cause(tx), owner=row.owner, due_at=row.due_at)
    return row
