"""Reads the event log by cursor, and misses nothing.

Sequence numbers are given out before a transaction commits, so that their order is not the order of commits, and a
reader that remembered "the last number I saw" would skip whoever commits late. So events are read in the order of
(writing transaction, sequence), and only those of transactions below the oldest one that is still running: whatever
commits later stands behind them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.ids import parse
from tidings.kit.page import Page, Window, decode_cursor, encode_cursor, whole
from tidings.kit.problem import Fault, InvalidInput, NotFound


class Position(NamedTuple):
    """A place in the log: everything up to and with it has been read."""

    xid: int
    sequence: int


START: Final = Position(0, 0)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the log."""

    id: UUID
    order_id: UUID
    order_seq: int
    kind: str
    actor: str
    occurred_at: datetime
    # JSON text, as it was written.
    snapshot: str
    position: Position


# Along ix_events_storefront_id_mode_xid_sequence, which is in this order. A bare `xid` after ORDER BY would be the text
# of that name: 1000 before 999.
_AFTER = """
SELECT id, order_id, order_seq, kind, actor, occurred_at, snapshot::text AS snapshot, xid::text AS xid, sequence
FROM events
WHERE storefront_id = $1 AND mode = $2 AND (xid, sequence) > ($3::text::xid8, $4)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY events.xid, sequence LIMIT $5
"""

_BY_ID = "SELECT xid::text AS xid, sequence FROM events WHERE storefront_id = $1 AND mode = $2 AND id = $3"

# From the end of the log backwards: as far as whoever asks has fallen behind, and no farther.
_BY_SEQUENCE = """
SELECT xid::text AS xid, sequence FROM events WHERE storefront_id = $1 AND mode = $2 AND sequence = $3
ORDER BY events.xid DESC, sequence DESC LIMIT 1
"""

# The earliest event with a greater number: a number that belongs to nobody here must not skip anything.
_BEFORE_GREATER = """
SELECT xid::text AS xid, sequence - 1 AS sequence FROM events
WHERE storefront_id = $1 AND mode = $2 AND sequence > $3
ORDER BY events.xid, sequence LIMIT 1
"""

# Every event has a smaller number: all that can be read has been.
_LAST = """
SELECT xid::text AS xid, sequence FROM events
WHERE storefront_id = $1 AND mode = $2 AND sequence <= $3 AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY events.xid DESC, sequence DESC LIMIT 1
"""

# Sequence numbers begin with 1.
_END = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


async def events_after(tx: Tx, after: str | None, window: Window) -> Page[Told]:
    """Events of the transaction's storefront and mode, oldest first.

    Args:
        tx: the transaction.
        after: a cursor, an event's id, or a sequence number; None: from the beginning.
        window: how many; its own cursor, if there is one, counts instead of `after`.

    Raises:
        InvalidInput: `after` is none of the three.
        NotFound: `after` is the id of no event of this storefront and mode.
    """
    behind = window.key(whole, whole)
    position = Position(*behind) if behind is not None else START if after is None else await position_of(tx, after)
    found = await events_behind(tx, position, window.limit + 1)
    items = found[: window.limit]
    return Page(items, encode_cursor(*items[-1].position) if len(found) > window.limit else None)


async def events_behind(tx: Tx, position: Position, limit: int) -> list[Told]:
    """The next events of the transaction's storefront and mode, as far as they can be read."""
    scope = tx.scope
    rows = await tx.raw.fetch(_AFTER, scope.storefront_id, scope.mode, str(position.xid), position.sequence, limit)
    return [_told(row) for row in rows]


async def end_of_log(tx: Tx) -> Position:
    """Behind all that can be read by now: whatever will be readable later stands behind it."""
    return Position(int(await tx.raw.fetchval(_END)), 0)


async def position_of(tx: Tx, after: str) -> Position:
    """The place of an event's id, of a sequence number, or of a cursor.

    Raises:
        InvalidInput: it is none of the three.
        NotFound: it is the id of no event of this storefront and mode.
    """
    if after.startswith("evt_"):
        row = await tx.raw.fetchrow(_BY_ID, tx.scope.storefront_id, tx.scope.mode, parse("evt", after))
        if row is None:
            raise NotFound
        return _place(row)
    if after.isascii() and after.isdecimal():
        return await _behind_number(tx, after)
    key = Window(after=decode_cursor(after)).key(whole, whole)
    return Position(*key) if key is not None else START


async def _behind_number(tx: Tx, text: str) -> Position:
    try:
        number = whole(text)
    except ValueError:
        raise InvalidInput(faults=[Fault("/query/after", "is not a sequence number given by this service")]) from None
    if number == 0:
        return START
    for wanted in (_BY_SEQUENCE, _BEFORE_GREATER, _LAST):
        row = await tx.raw.fetchrow(wanted, tx.scope.storefront_id, tx.scope.mode, number)
        if row is not None:
            return _place(row)
    return START


def _place(row: asyncpg.Record) -> Position:
    return Position(int(row["xid"]), row["sequence"])


def _told(row: asyncpg.Record) -> Told:
    return Told(
        id=row["id"],
        order_id=row["order_id"],
        order_seq=row["order_seq"],
        kind=row["kind"],
        actor=row["actor"],
        occurred_at=row["occurred_at"],
        snapshot=row["snapshot"],
        position=_place(row),
    )
