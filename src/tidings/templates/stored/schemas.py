"""Versions of wording as callers see them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from tidings.storefronts.kinds import Channel, Milestone
from tidings.templates.stored.kinds import Origin
from tidings.templates.stored.states import TemplateStatus

_TEMPLATE = "tpl_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"


class Covered(BaseModel):
    """What a version words in one language."""

    locale: str = Field(examples=["de"])
    channels: list[Channel] = Field(examples=[["email", "sms"]])


class Remark(BaseModel):
    """Something that is worth a thought."""

    pointer: str = Field(description="Where, in the version's words", examples=["/wording/es/sms/text"])
    detail: str = Field(description="What", examples=["costs twice as much because of ú"])


class TemplateVersion(BaseModel):
    """One version of a milestone's wording, with all its languages and channels."""

    id: str = Field(description="Its id", examples=[_TEMPLATE])
    milestone: Milestone = Field(description="What it tells of", examples=["order_confirmation"])
    version: int = Field(description="As messages name it; a shop's own are counted from 101", examples=[101])
    origin: Origin = Field(description="`built-in` words what the shop's own version does not", examples=["shop"])
    status: TemplateStatus = Field(description="Where it stands", examples=["draft"])
    covers: list[Covered] = Field(description="What it words; all else is worded as built in")
    has_layout: bool = Field(description="Whether e-mails look as it says, in all languages")
    based_on: str | None = Field(description="The version whose words it began with")
    sha256: str = Field(description="Of its words: what the trail has in their place")
    note: str | None = Field(description="What is different, and why")
    authors: list[str] = Field(description="Who wrote a part of it: they neither approve nor publish it")
    created_at: datetime | None = Field(description="Null: it came with tidings")
    submitted_at: datetime | None
    submitted_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    review_reason: str | None = Field(description="The reviewer's, for approval or rejection")
    published_at: datetime | None
    published_by: str | None
    retired_at: datetime | None
    retired_by: str | None


class TemplateWhole(TemplateVersion):
    """A version with its words."""

    wording: dict[str, dict[Channel, dict[str, Any]]] = Field(description="By language, by channel")
    layout: dict[Literal["mjml", "text"], str] | None = Field(description="Null: as built in")
    warnings: list[Remark] = Field(description="What was worth a thought when it was submitted")
