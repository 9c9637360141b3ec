"""The inbox: every event is kept, before anything is made of it and whether or not anything can be."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from tidings.callbacks.incoming import Incoming, as_json
from tidings.callbacks.tables import InboxRow
from tidings.kit.db import Tx
from tidings.kit.rows import Rows, arguments, insert_part

TABLE = InboxRow.__table__

_COLUMNS = (
    "storefront_id",
    "connection_id",
    "event_key",
    "event",
    "attempt_id",
    "provider_message_id",
    "received_at",
    "applied_at",
)

# A repeat (or the same event in another request, whose commit is waited for) inserts nothing and is applied nowhere.
_STORE = insert_part(
    TABLE, _COLUMNS, 1, tail="ON CONFLICT DO NOTHING RETURNING storefront_id, connection_id, event_key"
)


async def store(
    tx: Tx, these: Sequence[Incoming], *, unmatched: Collection[tuple[UUID, UUID, str]], now: datetime
) -> list[Incoming]:
    """Keep these events.

    Args:
        tx: the transaction.
        these: what came in; the same event may be in it twice.
        unmatched: the keys of those that nothing can be made of yet; all others are applied by the caller.
        now: the present instant.

    Returns:
        Those that were not there before.
    """
    by_key = {one.key: one for one in these}
    # One order for everybody, so that two requests with the same events do not wait for each other in a circle.
    ordered = [by_key[key] for key in sorted(by_key)]
    if not ordered:
        return []
    rows = Rows()
    for one in ordered:
        values = (
            *one.key,
            json.dumps(as_json(one.event), separators=(",", ":")),
            one.attempt_id,
            one.event.provider_message_id,
            one.received_at,
            None if one.key in unmatched else now,
        )
        rows.add(TABLE, dict(zip(_COLUMNS, values, strict=True)))
    await tx.flush()
    kept = await tx.raw.fetch(_STORE, *arguments(rows, ((TABLE, _COLUMNS, ""),)))
    fresh = {tuple(row) for row in kept}
    return [one for one in ordered if one.key in fresh]
