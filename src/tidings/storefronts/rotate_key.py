"""Rotates an API key: a new one with the same rights, and an overlap in which both work."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.storefronts.errors import KeyNotUsable
from tidings.storefronts.issue_key import IssuedKey, IssueKey, issue_key
from tidings.storefronts.queries import key_for_update
from tidings.storefronts.tables import ApiKeyRow


async def rotate_key(tx: Tx, key_id: UUID | None, *, overlap: timedelta, actor: str, now: datetime) -> IssuedKey:
    """Make a successor of a key; the old one works on for the overlap, or until it would have expired anyway.

    Raises:
        NotFound: there is no such key in this storefront and mode.
        KeyNotUsable: it is revoked, expired, or has a successor already.
    """
    old = await key_for_update(tx, key_id)
    if _is_over(old, now) or old.replaced_by is not None:
        raise KeyNotUsable
    issued = await issue_key(
        tx,
        IssueKey(
            name=old.name,
            principal=old.principal,
            scopes=tuple(old.scopes),
            expires_at=old.expires_at,
            replaces=old.id,
        ),
        actor=actor,
        now=now,
    )
    old.replaced_by = issued.row.id
    old.expires_at = min(filter(None, (old.expires_at, now + overlap)))
    await tx.flush()
    await append(tx, _entry(old, actor, now))
    return issued


def _is_over(row: ApiKeyRow, now: datetime) -> bool:
    return row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)


def _entry(old: ApiKeyRow, actor: str, now: datetime) -> Entry:
    successor, until = old.replaced_by, old.expires_at
    return Entry(
        storefront_id=old.storefront_id,
        order_id=None,
        mode=cast("Mode", old.mode),
        kind="key.rotated",
        subject=wire("key", old.id),
        actor=actor,
        at=now,
        data={
            "replaced_by": None if successor is None else wire("key", successor),
            "works_until": None if until is None else until.isoformat(),
        },
    )
