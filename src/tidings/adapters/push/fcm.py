"""App notifications through Firebase Cloud Messaging, HTTP v1."""

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from tidings.adapters.http import HttpFailure, HttpRequest, trace_header
from tidings.adapters.provider import BaseUrl, Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.push.fcm_answers import classify, is_stale_token, target_of
from tidings.adapters.push.google_token import NoToken, ServiceAccount, Token, Tokens
from tidings.delivery.ports import (
    ConnectionConfig,
    Found,
    Misconfigured,
    Outcome,
    Outgoing,
    Sender,
    Transient,
    Uncertain,
)  # fmt: skip
from tidings.kit.shape import Shape

ProjectId = Annotated[str, Shape(r"^[A-Za-z0-9:._-]{1,100}$", "takes up to 100 letters, digits, : . _ and -")]


class FcmSettings(ProviderSettings):
    """The project that the app belongs to."""

    base_url: BaseUrl = Field("https://fcm.googleapis.com", description="Firebase's interface, or its double")
    project_id: ProjectId | None = Field(None, description="None: the service account's own project")
    token_url: BaseUrl | None = Field(None, description="None: the token_uri of the service account")


class FcmSecrets(ProviderSecrets):
    """The service account that may send."""

    service_account: str = Field(description="The JSON file of the service account, whole")

    @field_validator("service_account", mode="before")
    @classmethod
    def _is_service_account(cls, value: object, info: ValidationInfo) -> object:
        """Text as in the file, or the same as an object."""
        text = json.dumps(value) if isinstance(value, Mapping) else str(value)
        try:
            service_account(text, allow_insecure=bool((info.context or {}).get("allow_insecure")))
        except ValidationError as error:
            wrong = sorted({".".join(str(part) for part in each["loc"]) or "text" for each in error.errors()})
            raise ValueError(f"must be the JSON file of a service account; wrong in it: {', '.join(wrong)}") from None
        return text


def service_account(text: str, *, allow_insecure: bool) -> ServiceAccount:
    """The account in the JSON text.

    Raises:
        ValidationError: it is none.
    """
    return ServiceAccount.model_validate_json(text, context={"allow_insecure": allow_insecure})


_LONGEST_LIFE = timedelta(days=28)
_RESERVED_KEY = re.compile(r"from$|message_type$|gcm|google", re.IGNORECASE)


def request(settings: FcmSettings, project: str, token: Token, outgoing: Outgoing, now: datetime) -> HttpRequest:
    """The call that sends one notification."""
    body = json.dumps({"message": message(outgoing, now)}, separators=(",", ":"))
    headers = {"authorization": f"Bearer {token.text}", "content-type": "application/json"}
    url = f"{settings.base_url}/v1/projects/{quote(project, safe=':')}/messages:send"
    return HttpRequest("POST", url, headers | trace_header(outgoing.trace), body.encode())


def message(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    """The notification. A second copy of it replaces the first on the device, by the message's own id."""
    kind, target = target_of(outgoing)
    life = min(max(outgoing.valid_until - now, timedelta(0)), _LONGEST_LIFE)
    return {
        kind: target,
        "notification": {"title": outgoing.content.subject or "", "body": outgoing.content.text},
        "data": _data(outgoing),
        "android": {
            "collapse_key": outgoing.message_id,
            "priority": "high",
            "ttl": f"{int(life.total_seconds())}s",
            "notification": {"tag": outgoing.message_id},
        },
        "apns": {
            "headers": {
                "apns-collapse-id": outgoing.message_id,
                "apns-priority": "10",
                "apns-expiration": str(int((now + life).timestamp())),
            },
            "payload": {"aps": {"sound": "default"}},
        },
    }


def _data(outgoing: Outgoing) -> dict[str, str]:
    """What the app gets along: strings only, and no key that Firebase keeps for itself."""
    wanted = outgoing.content.extras.get("data")
    given = wanted if isinstance(wanted, Mapping) else {}
    asked = {str(key): str(value) for key, value in given.items() if not _RESERVED_KEY.match(str(key))}
    return {**asked, "order_id": outgoing.order_id, "message_id": outgoing.message_id}


class FcmSender:
    """One project."""

    can_be_asked = False
    # Firebase says nothing after it has taken a notification.
    patience: timedelta | None = None

    def __init__(self, settings: FcmSettings, account: ServiceAccount, tools: Tools) -> None:
        self._settings = settings
        self._project = settings.project_id or account.project_id
        self._tokens = Tokens(account, tools.http, tools.clock)
        self._http = tools.http
        self._clock = tools.clock
        # Half of the time is for the token, so that the other half is left for the notification.
        self._token_seconds = tools.timeout.total_seconds() / 2

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once; a token that Google refuses is replaced once."""
        if self._project is None:
            return Misconfigured("neither the settings nor the service account name a project", "project_id")
        refused: Token | None = None
        while True:
            token = await self._token(instead_of=refused)
            if not isinstance(token, Token):
                return token
            now = self._clock.now()
            answer = await self._http.send(request(self._settings, self._project, token, outgoing, now))
            if isinstance(answer, HttpFailure):
                return answer.outcome()
            if refused is None and is_stale_token(answer):
                refused = token
                continue
            return classify(answer, outgoing, now)

    async def _token(self, *, instead_of: Token | None) -> Token | NoToken:
        try:
            async with asyncio.timeout(self._token_seconds):
                return await self._tokens.current(instead_of=instead_of)
        except TimeoutError:
            # Nothing was sent without one.
            return Transient("no access token in time", "token")

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - Firebase has no question for it
        """Firebase cannot be asked."""
        return Uncertain("Firebase cannot be asked")

    async def close(self) -> None:
        """The HTTP client is shared."""


def _opened(connection: ConnectionConfig, tools: Tools) -> Sender:
    settings = FcmSettings.model_validate(connection.settings, context={"allow_insecure": True})
    account = service_account(connection.secrets["service_account"], allow_insecure=True)
    if settings.token_url is not None:
        account = account.model_copy(update={"token_uri": settings.token_url})
    return FcmSender(settings, account, tools)


FCM = Provider(
    name="fcm",
    channels=("push",),
    settings=FcmSettings,
    secrets=FcmSecrets,
    open=_opened,
)
