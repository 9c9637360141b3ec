"""Reads the whole trail by cursor, and misses nothing.

Ids of several processes are not the order of commits: a reader that remembered the last id would skip what a slower
transaction commits behind it. So records are read in the order of (writing transaction, id), and only those of
transactions below the oldest one that is still running; the others appear when it has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records are wanted; None means all."""

    order_id: UUID | None = None
    subject: str | None = None
    kind: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One line of the trail."""

    id: UUID
    # None for what concerns no order.
    order_id: UUID | None
    mode: str | None
    kind: str
    subject: str
    actor: str
    at: datetime
    # JSON text.
    data: str
    # What was written beside it, as JSON text, and the salt of its digests, in hexadecimal; None if there is nothing
    # (any more).
    words: str | None
    salt: str | None
    # Its place among the records of its order, from 1, and in the tree, from 0; None until it is sealed.
    number: int | None
    position: int | None


_START: Final = (0, UUID(int=0))

# Along ix_records_storefront_id_xid_id, which is in this order (a bare `xid` after ORDER BY would be the text of that
# name: 1000 before 999); each finds its seal, and its words, by its id.
_AFTER = """
SELECT r.*, s.number, s.position, w.words::text AS words, encode(w.salt, 'hex') AS salt FROM (
    SELECT id, order_id, mode, kind, subject, actor, at, data::text AS data, xid::text AS xid
    FROM records
    WHERE storefront_id = $1 AND (mode = $2 OR mode IS NULL)
      AND (xid, id) > ($3::text::xid8, $4) AND xid < pg_snapshot_xmin(pg_current_snapshot())
      AND ($5::uuid IS NULL OR order_id = $5) AND ($6::text IS NULL OR subject = $6)
      AND ($7::text IS NULL OR kind = $7) AND ($8::text IS NULL OR actor = $8)
    ORDER BY records.xid, id LIMIT $9
) r
LEFT JOIN record_seals s ON s.storefront_id = $1 AND s.record_id = r.id
LEFT JOIN record_words w ON w.storefront_id = $1 AND w.order_id = r.order_id AND w.record_id = r.id
ORDER BY r.xid::xid8, r.id
"""


_TOLD: Final = ("id", "mode", "kind", "subject", "actor", "at", "data", "words", "salt", "number", "position")


async def records_after(tx: Tx, asked: RecordFilter, window: Window) -> Page[Recorded]:
    """Records of the transaction's storefront, oldest first: those of its mode, and those that concern both.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    xid, last = window.key(whole, UUID) or _START
    rows = await tx.raw.fetch(
        _AFTER,
        tx.scope.storefront_id,
        tx.scope.mode,
        str(xid),
        last,
        asked.order_id,
        asked.subject,
        asked.kind,
        asked.actor,
        window.limit + 1,
    )
    items = rows[: window.limit]
    cursor = encode_cursor(items[-1]["xid"], items[-1]["id"]) if len(rows) > window.limit else None
    return Page([_recorded(dict(row), tx.scope.storefront_id) for row in items], cursor)


def _recorded(row: Mapping[str, Any], storefront_id: UUID) -> Recorded:
    order_id = None if row["order_id"] == storefront_id else row["order_id"]
    told = {name: row[name] for name in _TOLD}
    return Recorded(order_id=order_id, **told)
