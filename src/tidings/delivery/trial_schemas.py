"""Wording tried out: shown, and sent to somebody who asked for it."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from tidings.kit.fields import Asked, Label
from tidings.storefronts.kinds import Channel
from tidings.templates.stored.wanted import Locale

PREVIEW: Final = {"channel": "sms", "locale": "en", "sample": "emoji"}
TRIAL: Final = {"channel": "email", "locale": "en", "to": "delivered@sandbox.test"}

Sample = Literal[
    "short", "long", "emoji", "right-to-left", "yen", "dinar", "america", "britain", "empty", "hostile"
]  # fmt: skip


class TemplatePreview(Asked):
    """With which order a version is to be shown."""

    channel: Channel = Field(examples=["email"])
    locale: Locale | None = Field(None, description="Null: the order's own, for a sample English", examples=["de"])
    sample: Sample | None = Field(
        None, description="A sample order; null, and no order named: `short`", examples=["long"]
    )
    order_id: str | None = Field(None, description="A real order of this storefront and mode; nothing is kept of it")


class TemplateShown(BaseModel):
    """A version with an order in it."""

    version: int = Field(examples=[101])
    locale: str = Field(description="The language that it was worded in", examples=["de"])
    channel: Channel
    subject: str | None = Field(description="The e-mail's subject, or the notification's title")
    text: str
    html: str | None
    extras: dict[str, Any] = Field(description="Of a text message: its alphabet and segments")


class TemplateTrial(TemplatePreview):
    """To whom a version is to be sent, marked as a test."""

    to: Label = Field(
        description="An e-mail address, phone number or device token that may be used for tests",
        examples=["delivered@sandbox.test"],
    )
    connection: Label | None = Field(None, description="Its name; null: the first one of the channel")


class TrialSent(BaseModel):
    """A test that was handed to a provider; the trail tells what it said (`template.tested`, `template.test_ended`)."""

    id: str = Field(description="What the provider knows it by", examples=["att_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    template: str = Field(description="The version that was sent")
    connection: str = Field(description="Through which", examples=["email-sandbox"])
    provider: str = Field(examples=["sandbox"])
    subject: str | None
    sha256: str = Field(description="Of what was sent")
