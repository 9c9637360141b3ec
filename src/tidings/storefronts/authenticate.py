"""From an API key to its caller: SHA-256, one indexed look-up, kept in memory for some seconds."""

import re
import time
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, cast

from sqlalchemy import select

from tidings.kit.db import Begin, Mode, Scope
from tidings.kit.problem import Fault, InvalidInput
from tidings.kit.turns import Turns
from tidings.storefronts.caller import Caller
from tidings.storefronts.errors import Unauthorised
from tidings.storefronts.tables import ApiKeyRow

ACTOR_HEADER: Final = "Tidings-Actor"

# An id of the caller's own, never an e-mail address: it is kept in records, which hold no personal data.
_ACTOR = re.compile(r"staff/[A-Za-z0-9._-]{1,64}")
_KEY = re.compile(r"td_(?:live|test)_[A-Za-z0-9_-]{16,200}")
_BEARER: Final = "bearer "
# Keys that are in use at once in one process; over it the oldest are looked up again.
_MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class KnownKey:
    """An API key as found in the database."""

    caller: Caller
    expires_at: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Whether it has not run out."""
        return self.expires_at is None or now < self.expires_at


class KeyRing:
    """Knows the API keys; a key that is revoked goes on working for at most `keep_seconds`."""

    def __init__(self, begin: Begin, *, keep_seconds: float) -> None:
        self._begin = begin
        self._keep_seconds = keep_seconds
        self._kept: dict[str, tuple[float, KnownKey]] = {}
        self._turns = Turns()

    async def caller_of(self, authorization: str | None, actor: str | None, *, now: datetime) -> Caller:
        """Who sends a request with these header fields.

        Raises:
            Unauthorised: there is no key in it, or not one that is valid now.
            InvalidInput: the `Tidings-Actor` is not one.
        """
        key = await self._known(authorization)
        if key is None or not key.holds_at(now):
            raise unauthorised(given=authorization is not None)
        return key.caller if actor is None else acting(key.caller, actor)

    def forget(self) -> None:
        """Look every key up again: this process has changed one."""
        self._kept.clear()

    async def _known(self, authorization: str | None) -> KnownKey | None:
        if authorization is None:
            return None
        key = self._remembered(authorization)
        token = None if key is not None else bearer_token(authorization)
        return key if token is None else await self._looked_up(authorization, token)

    def _remembered(self, authorization: str) -> KnownKey | None:
        # Kept by the whole field, so that a key in use costs one look-up.
        kept = self._kept.get(authorization)
        return kept[1] if kept is not None and time.monotonic() < kept[0] else None

    async def _looked_up(self, authorization: str, token: str) -> KnownKey | None:
        async with self._turns.of(authorization):
            if (known := self._remembered(authorization)) is not None:
                return known
            key = await self._found(token)
            if key is None:
                self._kept.pop(authorization, None)
            else:
                self._keep(authorization, key)
            return key

    def _keep(self, authorization: str, key: KnownKey) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[authorization] = (time.monotonic() + self._keep_seconds, key)

    async def _found(self, token: str) -> KnownKey | None:
        wanted = select(ApiKeyRow).where(ApiKeyRow.digest == digest(token), ApiKeyRow.revoked_at.is_(None))
        async with self._begin.reading(None) as tx:
            row = (await tx.session.scalars(wanted)).one_or_none()
        return None if row is None else known_key(row)


def digest(key: str) -> bytes:
    """What is kept of a key: it has too many random bits to be guessed back from its SHA-256."""
    return sha256(key.encode()).digest()


def is_key(text: str) -> bool:
    """Whether a text has the form of an API key."""
    return _KEY.fullmatch(text) is not None


def bearer_token(authorization: str | None) -> str | None:
    """The key in an `Authorization` field, or None when there is none that could be one of ours."""
    if authorization is None or authorization[: len(_BEARER)].lower() != _BEARER:
        return None
    token = authorization[len(_BEARER) :].strip()
    return token if is_key(token) else None


def known_key(row: ApiKeyRow) -> KnownKey:
    """A key's row as the callers' side sees it."""
    caller = Caller(
        scope=Scope(row.storefront_id, cast("Mode", row.mode)),
        key_id=row.id,
        principal=row.principal,
        scopes=frozenset(row.scopes),
        actor=row.principal,
    )
    return KnownKey(caller, row.expires_at)


def acting(caller: Caller, actor: str) -> Caller:
    """The caller with the person that it names.

    Raises:
        InvalidInput: the text is not `staff/<id>`.
    """
    if not _ACTOR.fullmatch(actor):
        detail = "must be staff/<id> with an id of 1 to 64 letters, digits, `.`, `_`, `-`"
        raise InvalidInput(faults=[Fault(f"/header/{ACTOR_HEADER}", detail)])
    return replace(caller, actor=actor)


def unauthorised(*, given: bool) -> Unauthorised:
    """The refusal of a request without a valid key (RFC 6750: an error code only when a key was given)."""
    challenge = 'Bearer realm="tidings"'
    return Unauthorised(headers={"WWW-Authenticate": challenge + (', error="invalid_token"' if given else "")})
