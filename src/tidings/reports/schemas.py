"""Reports as callers see them."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from tidings.milestones.table import Basis

Period = Literal["day", "week", "month", "all"]
Group = Literal["kind", "channel"]


class TimeTaken(BaseModel):
    """How long it took until the customer was told, over the promises that were kept, in time or late."""

    unit: Literal["minutes"] = "minutes"
    basis: Basis = Field(description="`business`: only minutes in which the shop was open; `elapsed`: all")
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class ServiceLevel(BaseModel):
    """Promises of one kind that were made in one period: how many, and what became of them."""

    period: date | None = Field(description="Its first day, in the shop's zone; null for the whole range")
    kind: str = Field(description="The milestone that was to be told in time", examples=["order_confirmation"])
    channel: str | None = Field(
        description="By which the customer was told, or was to be told; `staff`: by hand; null when not grouped by it"
    )
    promised: int
    kept: int = Field(description="In time")
    late: int = Field(description="Told after the due time")
    missed: int = Field(description="The due time is over, and the customer has not been told")
    running: int
    cancelled: int = Field(description="Needed not be kept any more, before the due time was over")
    kept_share: float | None = Field(description="Kept, of all whose outcome is known", examples=[0.998])
    taken: TimeTaken


class ServiceLevels(BaseModel):
    """How well promises were kept."""

    from_at: datetime
    until: datetime = Field(description="Not included")
    time_zone: str
    period: Period
    group: Group
    items: list[ServiceLevel]
