"""An account at Twilio: how it is configured, addressed and authorised."""

from base64 import b64encode
from typing import Annotated

from pydantic import Field

from tidings.adapters.provider import BaseUrl, ProviderSecrets, ProviderSettings
from tidings.kit.shape import Shape

AccountSid = Annotated[str, Shape(r"^AC[0-9a-zA-Z]{1,64}$", "is not an account's SID, AC and letters and digits")]
KeySid = Annotated[str, Shape(r"^SK[0-9a-zA-Z]{1,64}$", "is not an API key's SID, SK and letters and digits")]


class AccountSettings(ProviderSettings):
    """The account; each product adds what it sends from."""

    base_url: BaseUrl = Field("https://api.twilio.com", description="Twilio's interface, or what stands in for it")
    account_sid: AccountSid = Field(description="AC…")
    # An API key to send with; the auth token is then needed for callbacks only.
    api_key_sid: KeySid | None = Field(None, description="SK…")
    # Set when this account's webhooks are signed with a SharedKey: nothing weaker is accepted from then on.
    webhook_key_id: str | None = Field(None, min_length=1, max_length=128, description="Id of the SharedKey")


class TwilioSecrets(ProviderSecrets):
    """What requests are authorised and callbacks are checked with."""

    auth_token: str = Field(min_length=1)
    # While the secondary token is being promoted, callbacks are signed with either.
    previous_auth_token: str | None = Field(None, min_length=1)
    api_key_secret: str | None = Field(None, min_length=1)
    webhook_key_secret: str | None = Field(None, min_length=1)


def resource_url(settings: AccountSettings, resource: str) -> str:
    """Where things of one kind (`Messages`, `Calls`) are made, and listed."""
    return f"{settings.base_url}/2010-04-01/Accounts/{settings.account_sid}/{resource}.json"


def authorised(settings: AccountSettings, secrets: TwilioSecrets) -> dict[str, str]:
    """HTTP Basic with the API key if there is one, else with the auth token."""
    if settings.api_key_sid is not None and secrets.api_key_secret is not None:
        pair = f"{settings.api_key_sid}:{secrets.api_key_secret}"
    else:
        pair = f"{settings.account_sid}:{secrets.auth_token}"
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def form_headers(settings: AccountSettings, secrets: TwilioSecrets) -> dict[str, str]:
    """The headers of a request that makes something."""
    return {**authorised(settings, secrets), "content-type": "application/x-www-form-urlencoded"}
