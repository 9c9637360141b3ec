"""Messages and suppressions as callers see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tidings.delivery.states import AttemptStatus, MessageStatus, ReceiptStatus
from tidings.delivery.suppress import SuppressReason
from tidings.kit.fields import ONE_LINE, Asked, Instant, Label
from tidings.storefronts.kinds import Channel
from tidings.templates.stored.kinds import Origin

# Addresses and device tokens; a line break in one would end up in a mail header.
AddressText = Annotated[str, Field(min_length=1, max_length=4096, pattern=ONE_LINE)]


class Receipt(BaseModel):
    """What a provider said about an attempt."""

    status: ReceiptStatus
    provider_status: str = Field(description="The provider's own word")
    at: datetime = Field(description="When it happened, by the provider's clock")
    received_at: datetime


class AttemptError(BaseModel):
    """Why an attempt did not work, in the provider's own words."""

    code: str | None
    reason: str | None


class Attempt(BaseModel):
    """One try at one connection."""

    id: str
    connection: str
    provider: str
    channel: Channel
    status: AttemptStatus
    provider_message_id: str | None
    started_at: datetime
    finished_at: datetime | None
    error: AttemptError | None
    receipts: list[Receipt]


class TemplateUsed(BaseModel):
    """Which wording a message was made from."""

    name: str
    version: int = Field(description="Of tidings' own wording from 1, of the shop's own from 101")
    locale: str
    origin: Origin = Field(description="Whose wording it is")


class MessageContent(BaseModel):
    """What a message says, as it was sent."""

    subject: str | None
    text: str
    html: str | None


class Message(BaseModel):
    """One thing that a customer is told about one milestone of one subject."""

    id: str
    order_id: str | None = Field(description="Null when it is about no order: staff is told of a review")
    milestone: str
    subject_id: str = Field(description="What it is about: the order, a shipment …")
    status: MessageStatus
    channel: Channel = Field(description="The channel that it is being tried on, or went out on")
    template: TemplateUsed | None = Field(description="Null until the message is first rendered")
    content: MessageContent | None = Field(description="Null until the message is first rendered")
    created_at: datetime
    valid_until: datetime = Field(description="After this it is not sent any more")
    receipt_overdue: bool = Field(description="The provider promised a receipt that has not come in time")
    complained_at: datetime | None
    opted_out_at: datetime | None
    attempts: list[Attempt]


class Resend(Asked):
    """How a message is to be sent again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "The customer mistyped the address", "address": "delivered@sandbox.test"}]
        }
    )

    reason: Label | None = Field(None, description="Why; kept beside the record")
    channel: Channel | None = Field(None, description="Only by this channel")
    address: AddressText | None = Field(None, description="The corrected address, instead of the one that was planned")


class Cancellation(Asked):
    """Why a message is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The shop has called the customer"}]})

    reason: Label | None = Field(None, description="Why; kept beside the record")


class Suppression(BaseModel):
    """An address that must not be used on a channel."""

    id: str
    channel: Channel
    address: str
    reason: SuppressReason
    source: str = Field(description="Who said so: an attempt, a connection, or somebody of the staff")
    created_at: datetime
    ends_at: datetime | None = Field(description="Null: until somebody ends it")


class NewSuppression(Asked):
    """An address that is not to be used from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "email", "address": "nobody@example.com"}]})

    channel: Channel
    address: AddressText
    ends_at: Instant | None = Field(None, description="When it may be used again; null: never by itself")


class PlannedStep(BaseModel):
    """One channel of a message's plan, and what became of it."""

    channel: Channel
    state: str = Field(description="`tried`, `now`, `next`, `passed over` or `not needed`")
    note: str


class Decision(BaseModel):
    """Something that was decided about a message, and why."""

    at: datetime
    what: str


class Explanation(BaseModel):
    """Why the customer did or did not get a message, in plain words."""

    message_id: str
    status: MessageStatus
    summary: str
    plan: list[PlannedStep]
    decisions: list[Decision]
    next: str = Field(description="What happens next, and when")
    next_at: datetime | None
    resend_of: str | None = Field(description="The message that this one was sent again from")
