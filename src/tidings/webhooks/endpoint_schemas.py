"""Webhook endpoints as callers see them."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from tidings.kit.db import Mode
from tidings.kit.fields import ONE_LINE, Asked, Label
from tidings.kit.shape import Shape
from tidings.webhooks.kinds import DisabledReason
from tidings.webhooks.rules import MOST_TYPES
from tidings.webhooks.secret import NO_SECRET

_AFTER: Final = (
    "Go on after this event: its `id` or `sequence`, or a `next_cursor` of `GET /v1/events`; `0` is the beginning of "
    "the log"
)
_SIGNED_WITH: Final = "`whsec_` and 24 to 64 random bytes in base64; made up if you bring none"

Url = Annotated[
    str,
    Field(min_length=1, max_length=500),
    Shape(r"^https?://[^\s#\x00-\x1f\x7f]+$", "is not an https address without spaces and fragment"),
]
EventType = Annotated[
    str, Field(max_length=60), Shape(r"^[a-z_]+\.[a-z_]+$", "is not the name of an event, such as order.placed")
]
EventTypes = Annotated[list[EventType], Field(max_length=MOST_TYPES)]
After = Annotated[str, Field(min_length=1, max_length=150, pattern=ONE_LINE)]
Secret = Annotated[str, Field(max_length=100), Shape(r"^whsec_[A-Za-z0-9+/]+={0,2}$", NO_SECRET)]


class LastTry(BaseModel):
    """What the last event that was posted there came to."""

    at: datetime
    event_id: str
    status: int | None = Field(description="Of the answer; null: none came")
    reason: str | None = Field(description="Why none came")


class WebhookEndpoint(BaseModel):
    """Where the shop's events are posted to, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str] = Field(description="The events that are wanted; empty: all")
    mode: Mode
    is_paused: bool
    disabled_at: datetime | None = Field(description="Nothing is posted there since then, until it is changed")
    disabled_reason: DisabledReason | None = Field(
        description="`gone`: it answered 410; `failing`: it has not taken the same event for three days"
    )
    failing_since: datetime | None = Field(description="It has not taken the event that is its next since then")
    next_try_at: datetime | None = Field(description="When that event is posted again")
    last_try: LastTry | None
    previous_secret_until: datetime | None = Field(description="How long the secret before the last rotation signs")
    version: int
    created_at: datetime
    updated_at: datetime


class MadeWebhookEndpoint(WebhookEndpoint):
    """An endpoint with the secret that it has just got: told this once, and never again."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class WebhookEndpointAsked(Asked):
    """An address of the shop's own, to which its events are to be posted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://shop.test/tidings", "types": ["order.placed", "shipment.dispatched"]}]
        }
    )

    url: Url = Field(description="https, without user or fragment")
    description: Label | None = None
    types: EventTypes = Field([], description="The events that are wanted; empty: all, and those that are yet to come")
    secret: Secret | None = Field(None, description=_SIGNED_WITH)
    after: After | None = Field(None, description=f"{_AFTER}. None: only what comes from now on")


class WebhookEndpointChange(Asked):
    """What is to be changed; what is absent stays. Null takes out the description, or the choice of types."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"types": [], "is_paused": False}]})

    url: Url | None = None
    description: Label | None = None
    types: EventTypes | None = None
    is_paused: bool | None = Field(None, description="Nothing is posted while it is paused, and nothing is lost")
    after: After | None = Field(None, description=_AFTER)


class WebhookRotation(Asked):
    """The secret that follows, and how long the one before it signs beside it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    secret: Secret | None = Field(None, description=_SIGNED_WITH)
    overlap_hours: int = Field(24, ge=0, le=24 * 7)


class WebhookTest(BaseModel):
    """What came of a test."""

    event_id: str = Field(description="As it was told in `webhook-id`")
    is_delivered: bool = Field(description="It was answered with 2xx")
    status: int | None = Field(description="Of the answer; null: none came")
    reason: str | None = Field(description="Why none came")
    took_ms: int
