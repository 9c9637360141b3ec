"""Deadlines as callers see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

# A promise that was kept too late is missed, and says when it was kept all the same.
DeadlineStatus = Literal["running", "met", "missed", "cancelled"]


class Deadline(BaseModel):
    """A promise to a customer, with its due time."""

    id: str
    order_id: str
    kind: str = Field(description="The milestone that is to be told in time")
    subject_id: str = Field(description="What it is about: the order, a shipment …")
    status: DeadlineStatus
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = Field(description="When a provider had the message; with `missed`, too late")
    met_by: str | None = Field(description="The message that met it, or who of the staff told the customer")
    warned_at: datetime | None = Field(description="When staff was told that it is about to be missed")
    missed_at: datetime | None = Field(description="When staff was told that it was missed")
    escalated_at: datetime | None = Field(description="When it went on to somebody else")
    cancelled_at: datetime | None = Field(description="When it needed not be kept any more")
