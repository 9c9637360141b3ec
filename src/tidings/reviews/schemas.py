"""Reviews as callers see them, and as their facts tell them."""

from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from tidings.feedback.figures import FeedbackFigures
from tidings.kit.fields import Asked, Instant, Prose
from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.reports.schemas import ServiceLevel
from tidings.reports.template_schemas import TemplateReport
from tidings.reviews.kinds import CauseKind
from tidings.reviews.states import ReviewStatus
from tidings.reviews.tables import ReviewCauseRow, ReviewRow
from tidings.storefronts.texts import Staff


class ReviewCause(BaseModel):
    """Why the procedure is reviewed."""

    kind: CauseKind
    about: dict[str, Any] = Field(description="Versions and names, as far as there are any", examples=[{"version": 3}])
    actor: str
    at: datetime


class MissedPromises(BaseModel):
    """Promises of one kind that were not kept."""

    kind: str
    late: int
    missed: int


class ReviewInput(BaseModel):
    """What a review goes by: how the procedure was carried out since the last one, in figures."""

    mode: Mode = Field(description="Of the orders that are counted")
    from_at: datetime
    until: datetime
    service_levels: list[ServiceLevel]
    missed_promises: list[MissedPromises]
    feedback: FeedbackFigures
    templates: list[TemplateReport]


class FollowUp(BaseModel):
    """What is to be done; each is a task."""

    what: str
    owner: str
    due_at: datetime


class ReviewOutcome(BaseModel):
    """What was decided."""

    decision: str
    follow_ups: list[FollowUp]
    concluded_at: datetime
    concluded_by: str


class ReviewSummary(BaseModel):
    """A review of the procedure, without its figures."""

    id: str
    status: ReviewStatus
    causes: list[ReviewCause] = Field(description="The first one opened it, the others joined")
    opened_at: datetime
    opened_by: str
    owner: str | None = Field(description="Who holds it")
    due_at: datetime = Field(description="By when it must have its outcome")
    warned_at: datetime | None = Field(description="When staff was reminded of it")
    missed_at: datetime | None = Field(description="When staff was told that it is late")
    escalated_at: datetime | None = Field(description="When it went on to the delegate")
    outcome: ReviewOutcome | None


class Review(ReviewSummary):
    """A review of the procedure."""

    input: ReviewInput = Field(description="As the figures were when it was opened")


class ReviewToOpen(Asked):
    """Somebody wants the procedure reviewed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The carrier has changed its tracking."}]})

    reason: Annotated[Prose, Field(max_length=500)] = Field(description="Why, for whoever holds the review")


class FollowUpToDo(Asked):
    """What is to be done about it."""

    what: Annotated[Prose, Field(max_length=2000)]
    owner: Staff
    due_at: Instant


class OutcomeToRecord(Asked):
    """What was decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "Kept as it is, but for the text message about dispatched orders.",
                    "follow_ups": [
                        {
                            "what": "Say in the text message whose number it is.",
                            "owner": "staff/anna",
                            "due_at": "2099-01-31T17:00:00+01:00",
                        }
                    ],
                }
            ]
        }
    )

    decision: Prose = Field(description="In staff's own words")
    follow_ups: Annotated[list[FollowUpToDo], Field(max_length=50)] = Field(
        default_factory=list, description="Each becomes a task of its owner"
    )


def summary_of(row: ReviewRow, causes: list[ReviewCauseRow]) -> ReviewSummary:
    """A review without its figures."""
    return ReviewSummary(**_told(row, causes))


def review_of(row: ReviewRow, causes: list[ReviewCauseRow]) -> Review:
    """A review as callers see it."""
    return Review(**_told(row, causes), input=ReviewInput.model_validate(row.input))


def _told(row: ReviewRow, causes: list[ReviewCauseRow]) -> dict[str, Any]:
    same = ("opened_at", "opened_by", "owner", "due_at", "warned_at", "missed_at", "escalated_at")
    return {
        "id": wire("rev", row.id),
        "status": cast("ReviewStatus", row.status),
        "causes": [_cause(cause) for cause in causes],
        "outcome": _outcome(row),
        **{name: getattr(row, name) for name in same},
    }


def _cause(row: ReviewCauseRow) -> ReviewCause:
    return ReviewCause(kind=cast("CauseKind", row.kind), about=row.about, actor=row.actor, at=row.at)


def _outcome(row: ReviewRow) -> ReviewOutcome | None:
    if row.decision is None or row.concluded_at is None or row.concluded_by is None:
        return None
    return ReviewOutcome(
        decision=row.decision,
        follow_ups=[FollowUp.model_validate(each) for each in row.follow_ups],
        concluded_at=row.concluded_at,
        concluded_by=row.concluded_by,
    )
