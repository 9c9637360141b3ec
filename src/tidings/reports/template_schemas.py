"""What became of the messages of each version of a template, as callers see it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class ResponseTime(BaseModel):
    """From the fact until a provider had the message, over those that it took."""

    unit: Literal["seconds"] = "seconds"
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class Ratings(BaseModel):
    """What customers said who followed the link in these messages."""

    count: int
    average: float | None = Field(description="From 1 to 5")


class VersionFigures(BaseModel):
    """What became of the messages that were made from one version."""

    version: int
    made: int = Field(description="Messages that were put into words")
    sent: int = Field(description="A provider took them")
    delivered: int = Field(description="They arrived, as far as the provider tells")
    failed: int = Field(description="Refused, given up or bounced, and not delivered otherwise on this channel")
    complained: int = Field(description="The customer called it spam")
    opted_out: int = Field(description="The customer said STOP")
    replied: int = Field(description="The customer answered")
    ratings: Ratings
    response_time: ResponseTime


class TemplateReport(VersionFigures):
    """One version of a template, on one channel and in one language, beside the version before it."""

    milestone: str = Field(examples=["order_confirmation"])
    channel: str
    locale: str
    before: VersionFigures | None = Field(
        description="The newest version before it of which messages were made in the same time"
    )


class TemplateReports(BaseModel):
    """What became of the messages of each version of each template."""

    from_at: datetime
    until: datetime = Field(description="Not included")
    items: list[TemplateReport]
