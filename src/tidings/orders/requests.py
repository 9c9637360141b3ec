"""Wire models of what is asked of an order that is there."""

from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from tidings.kit.fields import Asked, Prose
from tidings.kit.page import DEFAULT_LIMIT, MAX_LIMIT
from tidings.orders.fields import Label, Text
from tidings.orders.fields import Wire as Told


class SearchOrders(Asked):
    """Whose orders: by one of these, or by several at once. Personal data stays out of URLs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: str | None = Field(None, min_length=1, max_length=320, description="E-mail address, in any case of letters")
    phone: str | None = Field(None, min_length=1, max_length=40, description="Phone number with its country: +49…")
    name: Label | None = Field(None, min_length=1, description="Any part of the customer's name")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the stretch before")

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if self.email is None and self.phone is None and self.name is None:
            message = "needs one of email, phone, name"
            raise ValueError(message)
        return self


class Cancellation(Asked):
    """Why the shop cancels the order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "out of stock"}]})

    reason: Text = Field(min_length=1, description="Why; kept beside the record")


class NoteToWrite(Asked):
    """What staff want to remember."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Asked to ring twice."}]})

    text: Prose = Field(description="The note")


class Note(Told):
    """A note about an order."""

    id: str = Field(description="Its id", examples=["nte_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    order_id: str = Field(description="The order's id", examples=["ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    actor: str = Field(description="Who wrote it", examples=["staff/42"])
    text: str = Field(description="The note", examples=["Asked to ring twice."])
    written_at: datetime = Field(description="When")
