"""An account at Twilio: how it is configured, addressed and authorised."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from tidings.adapters.provider import BaseUrl, ProviderSecrets, ProviderSettings


class TwilioSettings(ProviderSettings):
    """The account, and the number or service that the messages come from."""

    base_url: BaseUrl = Field("https://api.twilio.com", description="Twilio's interface, or what stands in for it")
    account_sid: str = Field(pattern=r"^AC[0-9a-zA-Z]{1,64}$", description="AC…")
    sender: str | None = Field(
        None, alias="from", min_length=1, max_length=64, description="+15005550006, a short code or a sender's name"
    )
    messaging_service_sid: str | None = Field(
        None, pattern=r"^MG[0-9a-zA-Z]{1,64}$", description="MG…, instead of from"
    )
    # An API key to send with; the auth token is then needed for callbacks only.
    api_key_sid: str | None = Field(None, pattern=r"^SK[0-9a-zA-Z]{1,64}$", description="SK…")
    # Set when this account's webhooks are signed with a SharedKey: nothing weaker is accepted from then on.
    webhook_key_id: str | None = Field(None, min_length=1, max_length=128, description="Id of the SharedKey")

    @model_validator(mode="after")
    def _has_one_sender(self) -> Self:
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("needs either `from` or `messaging_service_sid`")
        return self


class TwilioSecrets(ProviderSecrets):
    """What requests are authorised and callbacks are checked with."""

    auth_token: str = Field(min_length=1)
    # While the secondary token is being promoted, callbacks are signed with either.
    previous_auth_token: str | None = Field(None, min_length=1)
    api_key_secret: str | None = Field(None, min_length=1)
    webhook_key_secret: str | None = Field(None, min_length=1)


def messages_url(settings: TwilioSettings) -> str:
    """Where messages are sent to, and listed."""
    return f"{settings.base_url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"


def authorised(settings: TwilioSettings, secrets: TwilioSecrets) -> dict[str, str]:
    """HTTP Basic with the API key if there is one, else with the auth token."""
    if settings.api_key_sid is not None and secrets.api_key_secret is not None:
        pair = f"{settings.api_key_sid}:{secrets.api_key_secret}"
    else:
        pair = f"{settings.account_sid}:{secrets.auth_token}"
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


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
        headers = {**authorised(settings, secrets), "content-type": "application/x-www-form-urlencoded"}
        return cls(messages_url(settings), headers, urlencode(sender_field(settings)))
