"""What callers say of a shop's own wording."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from tidings.kit.fields import MANY_LINES, ONE_LINE, Asked, Prose
from tidings.kit.shape import Shape
from tidings.storefronts.kinds import Channel, Milestone
from tidings.templates.stored.kinds import ReviewOutcome

Locale = Annotated[
    str,
    Field(min_length=2, max_length=20),
    Shape(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "is not a language, such as de or de-AT"),
]
Short = Annotated[str, Field(max_length=500, pattern=ONE_LINE)]
Long = Annotated[str, Field(max_length=4_000, pattern=MANY_LINES)]
Source = Annotated[str, Field(max_length=60_000, pattern=MANY_LINES)]
Note = Annotated[str, Field(min_length=1, max_length=500, pattern=ONE_LINE)]

_SMS: Final = {
    "en": {
        "sms": {
            "text": "Thank you for order #{{ number }} of {{ placed_short }}: {{ items }}, to {{ address }}. Billing: "
            "{{ billing }}. Expected: {{ delivery_short }}. Questions? {{ contact }} - {{ shop_name }}"
        }
    }
}
DRAFT: Final = {"milestone": "order_confirmation", "wording": _SMS, "note": "friendlier"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EmailWords(_Part):
    """What an e-mail says, in the order of its reading; what stands around it is the layout's."""

    subject: Short
    preheader: Short = Field(description="What a mailbox shows behind the subject")
    heading: Short
    paragraphs: Annotated[list[Long], Field(min_length=1, max_length=20)]


class SmsWords(_Part):
    """A text message of at most four segments; six where its letters need UCS-2."""

    text: Long


class PushWords(_Part):
    """An app notification."""

    title: Short
    body: Long


class VoiceWords(_Part):
    """A call, as it is read out."""

    text: Long


class LanguageWords(_Part):
    """What is said in one language; a channel that is absent is worded as built in."""

    email: EmailWords | None = None
    sms: SmsWords | None = None
    push: PushWords | None = None
    voice: VoiceWords | None = None


class OwnLayout(_Part):
    """An e-mail of the shop's own; `<blocks />` stands for the milestone's built-in parts."""

    mjml: Annotated[Source, Field(min_length=1, description="MJML, with names in braces")]
    text: Annotated[Source, Field(description="The text part; nobody is sent HTML alone")]


class Body(_Part):
    """What a version says."""

    wording: Annotated[dict[Locale, LanguageWords], Field(max_length=40)] = Field(
        {}, description="By language, by channel; what is absent is worded as built in", examples=[_SMS]
    )
    layout: OwnLayout | None = Field(None, description="Of e-mails in all languages; null: as built in")

    def stored(self) -> dict[str, Any]:
        """As it is stored: without what is not said."""
        found: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        wording = {locale: words for locale, words in found["wording"].items() if words}
        return {"wording": wording, "layout": found.get("layout")}


class Copied(_Part):
    """Which of the words of the version that this one begins with are taken over."""

    locales: Annotated[list[Locale], Field(max_length=40)] | None = Field(None, description="Null: all languages")
    channels: Annotated[list[Channel], Field(max_length=4)] | None = Field(None, description="Null: all channels")


class TemplateDraft(Asked):
    """A version that is begun."""

    milestone: Milestone = Field(description="What it tells of", examples=["order_confirmation"])
    based_on: str | None = Field(
        None, description="The version whose words it begins with, a built-in one or the shop's own", examples=[None]
    )
    copied: Copied | None = Field(
        None,
        description="What is taken over from `based_on`; null: all of a shop's own version, nothing of a built-in one",
    )
    wording: dict[str, dict[Channel, dict[str, Any]]] = Field(
        {}, description="Laid over what is taken over: by language, by channel", examples=[_SMS]
    )
    layout: dict[str, str] | None = Field(
        None, description="`mjml` and `text` of an e-mail layout of one's own; null: as taken over", examples=[None]
    )
    note: Note | None = Field(None, description="What is different, and why", examples=["friendlier"])


class TemplateChange(Asked):
    """A merge patch (RFC 7396) upon a draft: what is absent stays, what is null is as built in from now on."""

    wording: dict[str, dict[Channel, dict[str, Any] | None] | None] | None = Field(
        None, description="By language, by channel, by field", examples=[_SMS]
    )
    layout: dict[str, str | None] | None = Field(None, examples=[None])
    note: Note | None = Field(None, examples=["shorter"])


class TemplateReview(Asked):
    """A reviewer's word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "approved", "reason": "reads well"}]})

    outcome: ReviewOutcome = Field(description="Rejected: it is a draft again")
    reason: Prose | None = Field(None, description="Why; needed for a rejection")


class TemplateRetirement(Asked):
    """Why a version is taken out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the campaign is over"}]})

    reason: Prose | None = Field(None, description="Why; kept beside the record")
