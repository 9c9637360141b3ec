"""Deletes exports whose time is over."""

from datetime import datetime
from typing import Final

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append

# Along ix_exports_kept.
_EXPIRE: Final = """
UPDATE exports SET status = 'expired', content = NULL, person = NULL
WHERE storefront_id = $1 AND mode = $2 AND status <> 'expired' AND expires_at <= $3
RETURNING id
"""


async def expire_exports(tx: Tx, *, now: datetime) -> int:
    """Delete what must not be fetched any more, of the transaction's storefront and mode; says how many there were."""
    scope = tx.scope
    gone = await tx.raw.fetch(_EXPIRE, scope.storefront_id, scope.mode, now)
    await append(
        tx,
        *(
            Entry(scope.storefront_id, None, scope.mode, "export.expired", wire("exp", row["id"]), "system", now)
            for row in gone
        ),
    )
    return len(gone)
