"""Wire models of communications that were made elsewhere."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import ConfigDict, Field, model_validator

from tidings.kit.fields import Asked, Instant, Prose
from tidings.kit.ids import wire
from tidings.kit.shape import Shape
from tidings.orders.fields import Wire as Told
from tidings.orders.tables import CommunicationRow
from tidings.storefronts.kinds import STAFF_MILESTONES, Milestone

CommunicationChannel = Literal["phone", "email", "sms", "letter", "chat", "in_person", "social_media", "other"]
Direction = Literal["outbound", "inbound"]
# What the confirmation must contain (SOP 4.2).
Content = Literal["order_number", "placed_at", "products", "addresses", "estimated_delivery", "contact"]

WireId = Annotated[
    str,
    Field(min_length=1, max_length=60),
    Shape(r"^[a-z]{3}_[0-9a-f]{32}$", "is not an id: three letters, _ and 32 hexadecimal digits"),
]


class CommunicationToLog(Asked):
    """Something said to or by the customer, not by tidings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "phone",
                    "direction": "outbound",
                    "summary": "Went through the order with the customer; all is as wanted.",
                    "fulfils": "order_confirmation",
                    "contents": ["order_number", "placed_at", "products", "addresses", "estimated_delivery", "contact"],
                },
                {
                    "channel": "chat",
                    "direction": "inbound",
                    "summary": "Asked whether the parcel can go to a neighbour.",
                },
            ]
        }
    )

    channel: CommunicationChannel = Field(description="By which means")
    direction: Direction = Field(description="`outbound`: to the customer; `inbound`: from them")
    summary: Prose = Field(description="What was said")
    at: Instant | None = Field(
        None, description="When; now if absent. Not in the future, and not before the order's receipt"
    )
    fulfils: Milestone | None = Field(
        None, description="The milestone that the customer was told of by it: its clock stops"
    )
    subject_id: WireId | None = Field(
        None,
        description="What that is about (an issue, a request …); needed only where it could be several things",
    )
    contents: list[Content] | None = Field(
        None,
        max_length=20,
        description="What was told. A confirmation must contain all six, and does if nothing is said here",
    )
    withdraw_message: bool = Field(
        default=False,
        description="Take the message back that waits to say the same; one that would ring the customer always is",
    )

    @model_validator(mode="after")
    def _is_told_to_customers(self) -> Self:
        if self.fulfils in STAFF_MILESTONES:
            message = "fulfils: that is told to staff, not to customers"
            raise ValueError(message)
        return self


class Communication(Told):
    """A communication as it was logged."""

    id: str = Field(description="Its id", examples=["com_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    order_id: str = Field(description="The order's id", examples=["ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    channel: CommunicationChannel = Field(description="By which means")
    direction: Direction = Field(description="To the customer, or from them")
    summary: str = Field(description="What was said")
    at: datetime = Field(description="When it was said")
    fulfils: str | None = Field(description="The milestone that the customer was told of by it")
    subject_id: str | None = Field(description="What that milestone is about")
    contents: list[str] = Field(description="What was told")
    actor: str = Field(description="Who logged it", examples=["staff/42"])
    logged_at: datetime = Field(description="When it was logged")


def communication_of(row: CommunicationRow) -> Communication:
    """A communication's row as callers see it."""
    return Communication(
        id=wire("com", row.id),
        order_id=wire("ord", row.order_id),
        channel=cast("CommunicationChannel", row.channel),
        direction=cast("Direction", row.direction),
        summary=row.summary,
        at=row.at,
        fulfils=row.fulfils,
        subject_id=row.subject,
        contents=row.contents,
        actor=row.actor,
        logged_at=row.logged_at,
    )
