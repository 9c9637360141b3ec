"""The inbox: every event is kept, before anything is made of it and whether or not anything can be."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from tidings.callbacks.incoming import EventKey, Incoming, as_json
from tidings.callbacks.tables import InboxRow
from tidings.kit.db import Tx
from tidings.kit.rows import insert_part, json_text

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


async def store(tx: Tx, these: Sequence[Incoming], *, unmatched: Collection[EventKey], now: datetime) -> list[Incoming]:
    """Keep these events.

    Args:
        tx: the transaction.
        these: what came in; the same event may be in it twice, of which the first counts.
        unmatched: the keys of those that nothing can be made of yet; all others are applied by the caller.
        now: the present instant.

    Returns:
        Those that were not there before, in the order given.
    """
    first: dict[EventKey, Incoming] = {}
    for one in these:
        first.setdefault(one.key, one)
    if not first:
        return []
    # One order for everybody, so that two requests with the same events do not wait for each other in a circle.
    rows = [_row(key, first[key], None if key in unmatched else now) for key in sorted(first)]
    await tx.flush()
    fresh = {tuple(row) for row in await tx.raw.fetch(_STORE, *map(list, zip(*rows, strict=True)))}
    return [one for key, one in first.items() if key in fresh]


def _row(key: EventKey, one: Incoming, applied_at: datetime | None) -> tuple[object, ...]:
    """What is applied has gone where it belongs: only what still waits keeps the provider's words and the address."""
    event = as_json(one.event)
    if applied_at is not None:
        event = {name: value for name, value in event.items() if name not in _OF_SOMEBODY}
    return (*key, json_text(event), one.attempt_id, one.event.provider_message_id, one.received_at, applied_at)


_OF_SOMEBODY: Final = frozenset({"address", "text", "detail"})
