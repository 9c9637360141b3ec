"""Issues API keys: the secret is told once, and only its SHA-256 kept."""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.records.append import Entry, append
from tidings.storefronts.authenticate import digest
from tidings.storefronts.errors import KeyTaken
from tidings.storefronts.tables import ApiKeyRow

PREFIXES: Final[dict[Mode, str]] = {"live": "td_live_", "test": "td_test_"}

_ALPHABET: Final = string.ascii_letters + string.digits
# 62^32 is more than 2^190.
_LENGTH: Final = 32
# How much of the random part may be shown, to tell keys apart.
_SHOWN: Final = 4
_GIVEN = re.compile(r"[A-Za-z0-9_-]{16,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueKey:
    """A key that is wanted; it gets the mode of the transaction."""

    name: str
    principal: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    # Chosen by the operator (`tidings dev --api-key`), instead of made up.
    given: str | None = None
    # The key that this one takes over from.
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made; `key` is told to its holder, and to nobody again."""

    row: ApiKeyRow
    key: str


def make_key(mode: Mode) -> str:
    """A new key with 190 random bits."""
    return PREFIXES[mode] + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def mode_of_key(key: str) -> Mode:
    """The mode that a given key's prefix names.

    Raises:
        InvalidInput: it has no such prefix, or not 16 or more letters, digits, `_`, `-` after it.
    """
    for mode, prefix in PREFIXES.items():
        if key.startswith(prefix) and _GIVEN.fullmatch(key.removeprefix(prefix)):
            return mode
    detail = "must be td_live_ or td_test_ and 16 or more letters, digits, `_`, `-`"
    raise InvalidInput(faults=[Fault("/key", detail)])


async def issue_key(tx: Tx, command: IssueKey, *, actor: str, now: datetime) -> IssuedKey:
    """Make a key for the storefront and mode of this transaction.

    Raises:
        InvalidInput: it would have expired already, or the given key is not one of this mode.
        KeyTaken: the given key is somebody's already.
    """
    faults = list(_faults(command, tx.scope.mode, now))
    if faults:
        raise InvalidInput(faults=faults)
    key = command.given or make_key(tx.scope.mode)
    made = insert(ApiKeyRow).values(
        id=new_id(),
        storefront_id=tx.scope.storefront_id,
        mode=tx.scope.mode,
        name=command.name,
        hint=key[: len(PREFIXES[tx.scope.mode]) + _SHOWN],
        digest=digest(key),
        principal=command.principal,
        scopes=list(command.scopes),
        created_at=now,
        expires_at=command.expires_at,
    )
    row = await tx.session.scalar(made.on_conflict_do_nothing().returning(ApiKeyRow))
    if row is None:
        raise KeyTaken
    await append(tx, _entry(row, command, actor, now))
    return IssuedKey(row, key)


def _faults(command: IssueKey, mode: Mode, now: datetime) -> list[Fault]:
    faults = []
    if command.expires_at is not None and command.expires_at <= now:
        faults.append(Fault("/expires_at", "is not in the future"))
    if command.given is not None and mode_of_key(command.given) != mode:
        faults.append(Fault("/key", f"is not a key of {mode} mode"))
    return faults


def _entry(row: ApiKeyRow, command: IssueKey, actor: str, now: datetime) -> Entry:
    replaces = {} if command.replaces is None else {"replaces": wire("key", command.replaces)}
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        mode=cast("Mode", row.mode),
        kind="key.created",
        subject=wire("key", row.id),
        actor=actor,
        at=now,
        data={"principal": row.principal, "scopes": row.scopes, **replaces},
    )
