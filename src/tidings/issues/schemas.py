"""Issues as callers see them, and as the snapshots of facts tell them."""

from datetime import datetime
from typing import cast

from pydantic import BaseModel, Field

from tidings.issues.kinds import IssueKind, IssueStatus
from tidings.issues.tables import IssueRow
from tidings.kit.ids import wire


class Issue(BaseModel):
    """An exception: what is wrong with an order, what comes next, and who settles it."""

    id: str
    order_id: str
    kind: IssueKind
    status: IssueStatus
    details: str | None = Field(description="As the customer reads it; null: our own words for the kind")
    next_steps: str | None = Field(description="What the customer can do, or what the shop will")
    owner: str | None
    due_at: datetime | None = Field(description="By when it is to be settled; after that somebody else is told")
    opened_at: datetime
    opened_by: str
    escalated_at: datetime | None
    resolution: str | None = Field(description="How it was settled, as the customer reads it")
    resolved_at: datetime | None
    resolved_by: str | None


def issue_of(row: IssueRow) -> Issue:
    """An issue's row as callers see it."""
    return Issue(
        id=wire("iss", row.id),
        order_id=wire("ord", row.order_id),
        kind=cast("IssueKind", row.kind),
        status=cast("IssueStatus", row.status),
        details=row.details,
        next_steps=row.next_steps,
        owner=row.owner,
        due_at=row.due_at,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        escalated_at=row.escalated_at,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
