"""Revokes an API key: it stops working in every process within seconds."""

from datetime import datetime
from typing import cast
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.storefronts.queries import key_for_update
from tidings.storefronts.tables import ApiKeyRow


async def revoke_key(tx: Tx, key_id: UUID | None, *, actor: str, now: datetime) -> ApiKeyRow:
    """Revoke a key; one that is revoked stays so, since when it was first.

    Raises:
        NotFound: there is no such key in this storefront and mode.
    """
    row = await key_for_update(tx, key_id)
    if row.revoked_at is None:
        row.revoked_at = now
        await tx.flush()
        await append(tx, _entry(row, actor, now))
    return row


def _entry(row: ApiKeyRow, actor: str, now: datetime) -> Entry:
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        mode=cast("Mode", row.mode),
        kind="key.revoked",
        subject=wire("key", row.id),
        actor=actor,
        at=now,
        data={"principal": row.principal},
    )
