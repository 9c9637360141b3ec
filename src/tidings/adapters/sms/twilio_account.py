"""What text messages are sent from: a number or a messaging service of an account."""

from dataclasses import dataclass, field
from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from tidings.adapters.twilio.account import AccountSettings, TwilioSecrets, form_headers, resource_url
from tidings.kit.shape import Shape

__all__ = ["TwilioAccount", "TwilioSecrets", "TwilioSettings", "messages_url", "sender_field"]

ServiceSid = Annotated[
    str, Shape(r"^MG[0-9a-zA-Z]{1,64}$", "is not a messaging service's SID, MG and letters and digits")
]


class TwilioSettings(AccountSettings):
    """The account, and the number or service that the messages come from."""

    sender: str | None = Field(
        None, alias="from", min_length=1, max_length=64, description="+15005550006, a short code or a sender's name"
    )
    messaging_service_sid: ServiceSid | None = Field(None, description="MG…, instead of from")

    @model_validator(mode="after")
    def _has_one_sender(self) -> Self:
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("needs either `from` or `messaging_service_sid`")
        return self


def messages_url(settings: TwilioSettings) -> str:
    """Where messages are sent to, and listed."""
    return resource_url(settings, "Messages")


def sender_field(settings: TwilioSettings) -> dict[str, str]:
    """Who the message comes from."""
    if settings.messaging_service_sid is not None:
        return {"MessagingServiceSid": settings.messaging_service_sid}
    return {"From": settings.sender or ""}


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """What is the same in every message of an account, made once."""

    url: str
    headers: dict[str, str] = field(repr=False)
    # The form's field that says who the message comes from.
    sender: str

    @classmethod
    def of(cls, settings: TwilioSettings, secrets: TwilioSecrets) -> Self:
        """The account that these configure."""
        return cls(messages_url(settings), form_headers(settings, secrets), urlencode(sender_field(settings)))
