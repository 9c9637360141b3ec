"""Access tokens for a Google service account: signed for, fetched, kept while they last."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, field_validator

from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse
from tidings.adapters.provider import BaseUrl
from tidings.adapters.retry_after import retry_after
from tidings.adapters.wording import reason
from tidings.delivery.ports import Misconfigured, Throttled, Transient
from tidings.kit.clock import Clock

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

# Google takes assertions of an hour at most.
_ASSERTION = timedelta(hours=1)
# Fetched anew this long before the end, so that none expires on its way.
_EARLY = timedelta(minutes=5)
_USUAL_SECONDS = 3599
_MOST_SECONDS = 86_400

_OK = 200


class ServiceAccount(BaseModel):
    """The JSON file that Google's console hands out; what else is in it does not matter here."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    client_email: str = Field(min_length=1)
    private_key: str = Field(repr=False)
    private_key_id: str | None = None
    project_id: str | None = None
    token_uri: BaseUrl = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

    @field_validator("private_key")
    @classmethod
    def _is_rsa_key(cls, value: str) -> str:
        try:
            key = load_pem_private_key(value.encode(), None)
        except (ValueError, TypeError) as error:
            raise ValueError("must be a private key in PEM") from error
        if not isinstance(key, RSAPrivateKey):
            # Not a TypeError: the key that somebody has given is of the wrong kind.
            raise ValueError("must be an RSA key")  # noqa: TRY004
        return value


def assertion(account: ServiceAccount, now: datetime) -> str:
    """The signed statement that is exchanged for a token."""
    issued = int(now.timestamp())
    claims = {
        "iat": issued,
        "exp": issued + int(_ASSERTION.total_seconds()),
        "iss": account.client_email,
        "aud": account.token_uri,
        "scope": SCOPE,
    }
    headers = {"kid": account.private_key_id} if account.private_key_id else {}
    return jwt.encode(claims, account.private_key, algorithm="RS256", headers=headers)


def request(account: ServiceAccount, now: datetime) -> HttpRequest:
    """The call that fetches a token."""
    form = urlencode({"grant_type": _GRANT, "assertion": assertion(account, now)})
    return HttpRequest("POST", account.token_uri, {"content-type": "application/x-www-form-urlencoded"}, form.encode())


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and how long it may be used."""

    text: str = field(repr=False)
    until: datetime


# Without a token nothing was sent, whatever became of the call for one.
NoToken = Misconfigured | Transient | Throttled


def classify(answer: HttpResponse | HttpFailure, now: datetime) -> Token | NoToken:
    """What Google's answer to the call means."""
    if isinstance(answer, HttpFailure):
        return Transient(f"no access token: {answer.reason}", "token")
    parsed = answer.json()
    body: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    text = body.get("access_token")
    # What cannot stand in a header is no token.
    if answer.status == _OK and isinstance(text, str) and text.isascii() and text.isprintable():
        return Token(text, now + _lifetime(body.get("expires_in")))
    said = reason(f"no access token: {body.get('error_description') or body.get('error') or answer.status}")
    wait = retry_after(answer.headers, now)
    match answer.status:
        case 429:
            return Throttled(said, "token", wait)
        case status if status // 100 == 5 or status == _OK:  # noqa: PLR2004 - theirs, or a proxy's page
            return Transient(said, "token", wait)
        case _:
            # invalid_grant: the key was revoked, or our clock is wrong.
            return Misconfigured(said, "token")


def _lifetime(seconds: object) -> timedelta:
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= _MOST_SECONDS:
        return timedelta(seconds=seconds)
    return timedelta(seconds=_USUAL_SECONDS)


class Tokens:
    """One account's tokens. However many senders ask at once, one call is under way."""

    def __init__(self, account: ServiceAccount, http: Http, clock: Clock) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._current: Token | NoToken | None = None
        self._fetches = 0

    async def current(self, *, instead_of: Token | None = None) -> Token | NoToken:
        """A token that can be used now, or why there is none.

        Args:
            instead_of: one that Google has refused before its time.
        """
        kept = self._current
        if isinstance(kept, Token) and kept is not instead_of and self._clock.now() < kept.until - _EARLY:
            return kept
        fetches = self._fetches
        async with self._lock:
            # Whoever waited here takes what the first of them got, be it a refusal.
            if self._fetches == fetches or self._current is None:
                self._current = await self._fetched(kept if kept is not instead_of else None)
                self._fetches += 1
            return self._current

    async def _fetched(self, kept: Token | NoToken | None) -> Token | NoToken:
        now = self._clock.now()
        fresh = classify(await self._http.send(request(self._account, now)), now)
        # A token that still lasts a few minutes is better than none.
        return kept if isinstance(kept, Token) and not isinstance(fresh, Token) and now < kept.until else fresh
