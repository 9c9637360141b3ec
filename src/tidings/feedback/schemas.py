"""Feedback and comments as callers see them."""

from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from tidings.feedback.kinds import MOST_LETTERS
from tidings.feedback.tables import FeedbackRow, TemplateCommentRow
from tidings.kit.fields import MANY_LINES, Asked
from tidings.kit.ids import wire
from tidings.storefronts.kinds import Channel, Milestone
from tidings.storefronts.schemas import LocaleTag

# More versions than the column holds are none of ours.
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Feedback(BaseModel):
    """What a customer said about an order."""

    id: str
    order_id: str
    rating: int = Field(description="From 1, the worst, to 5")
    comment: str | None = Field(description="In the customer's own words: personal data, and never to be trusted")
    message_id: str = Field(description="The message whose link was followed")
    channel: Channel
    given_at: datetime


class TemplateComment(BaseModel):
    """What somebody of the staff says of a template."""

    id: str
    milestone: str
    channel: Channel | None
    locale: str | None
    version: int | None
    comment: str
    actor: str
    at: datetime


class CommentToMake(Asked):
    """What is to be said of a template, for its next version and the next review."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "milestone": "order_dispatched",
                    "channel": "sms",
                    "locale": "de",
                    "comment": "Customers ask what the number is for: say that it is the carrier's.",
                }
            ]
        }
    )

    milestone: Milestone = Field(description="Whose wording is meant")
    channel: Channel | None = Field(None, description="Absent: all of them")
    locale: LocaleTag | None = Field(None, description="Absent: all languages")
    version: Version | None = Field(None, description="Absent: whichever is used")
    comment: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS, pattern=MANY_LINES)]


def feedback_of(row: FeedbackRow) -> Feedback:
    """A row as callers see it."""
    return Feedback(
        id=wire("fbk", row.id),
        order_id=wire("ord", row.order_id),
        rating=row.rating,
        comment=row.comment,
        message_id=wire("msg", row.message_id),
        channel=cast("Channel", row.channel),
        given_at=row.given_at,
    )


def comment_of(row: TemplateCommentRow) -> TemplateComment:
    """A row as callers see it."""
    said: dict[str, Any] = {
        name: getattr(row, name) for name in ("milestone", "channel", "locale", "version", "comment", "actor", "at")
    }
    return TemplateComment(id=wire("tcm", row.id), **said)
