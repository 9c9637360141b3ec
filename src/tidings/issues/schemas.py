"""Issues as callers see them, and as the snapshots of facts tell them."""

from datetime import datetime
from typing import Final, cast

from pydantic import BaseModel, ConfigDict, Field

from tidings.issues.kinds import IssueKind, IssueStatus
from tidings.issues.tables import IssueRow
from tidings.kit.fields import Asked, Instant, Prose
from tidings.kit.ids import wire
from tidings.storefronts.texts import Staff


class Issue(BaseModel):
    """An exception: what is wrong with an order, what comes next, and who settles it."""

    id: str
    order_id: str
    kind: IssueKind
    status: IssueStatus
    details: str | None = Field(description="As the customer reads it; null: our own words for the kind")
    next_steps: str | None = Field(description="What the customer can do, or what the shop will")
    notify: bool = Field(description="false: the customer is not told of it, or by another message")
    owner: str | None
    due_at: datetime | None = Field(description="By when it is to be settled; after that somebody else is told")
    opened_at: datetime
    opened_by: str
    escalated_at: datetime | None
    resolution: str | None = Field(description="How it was settled, as the customer reads it")
    resolved_at: datetime | None
    resolved_by: str | None


_NEXT: Final = "We have written to the carrier, and will tell you by tomorrow."


class IssueToOpen(Asked):
    """Something that must be settled before the order goes on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "address_problem",
                    "details": "The carrier does not find the house number.",
                    "next_steps": "Please tell us the house number by phone or e-mail.",
                },
                {"kind": "other", "owner": "staff/anna", "notify": False},
            ]
        }
    )

    kind: IssueKind = Field(description="What it is", examples=["address_problem"])
    details: Prose | None = Field(None, description="As the customer reads it; absent: our own words for the kind")
    next_steps: Prose | None = Field(None, description="What the customer can do, or what the shop will")
    owner: Staff | None = Field(None, description="Who settles it; absent: whom the shop's policy names")
    due_at: Instant | None = Field(
        None,
        description="By when; absent: as the shop's policy says. After that it goes on to the delegate",
        examples=[None],
    )
    notify: bool = Field(default=True, description="false: the customer is not told of it")


class IssueChange(Asked):
    """What is to be changed; null takes it away, what is absent stays. The customer is told nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"owner": "staff/bo", "next_steps": _NEXT}]})

    details: Prose | None = Field(None, description="As the customer reads it")
    next_steps: Prose | None = Field(None, description="What the customer can do, or what the shop will")
    owner: Staff | None = Field(None, description="Who settles it from now on")
    due_at: Instant | None = Field(None, description="By when; starts anew if it had gone on", examples=[None])


class IssueResolution(Asked):
    """How it was settled."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"resolution": "You told us the right house number. The parcel is on its way."}]
        }
    )

    resolution: Prose | None = Field(None, description="As the customer reads it")
    notify: bool | None = Field(None, description="Whether the customer is told; null: if they were told of the issue")


def issue_of(row: IssueRow) -> Issue:
    """An issue's row as callers see it."""
    return Issue(
        id=wire("iss", row.id),
        order_id=wire("ord", row.order_id),
        kind=cast("IssueKind", row.kind),
        status=cast("IssueStatus", row.status),
        details=row.details,
        next_steps=row.next_steps,
        notify=row.is_told,
        owner=row.owner,
        due_at=row.due_at,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        escalated_at=row.escalated_at,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
