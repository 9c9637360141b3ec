"""Lets a clock run again: the message that had stopped it came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append


@dataclass(frozen=True, slots=True)
class Reopening:
    """A promise that was thought kept."""

    storefront_id: UUID
    order_id: UUID
    # `msg_…`: only a clock that this very message stopped runs again.
    met_by: str


# By the storefront and order: an order has few clocks. One whose time is over by now was not kept in time.
_REOPEN = """
UPDATE deadlines d SET met_at = NULL, met_by = NULL,
    missed_at = CASE WHEN d.due_at <= $4 THEN coalesce(d.missed_at, $4) ELSE d.missed_at END
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS r (storefront_id, order_id, met_by)
WHERE d.storefront_id = r.storefront_id AND d.order_id = r.order_id AND d.met_by = r.met_by
RETURNING d.storefront_id, d.mode, d.order_id, d.id, d.kind, d.due_at, r.met_by
"""


async def reopen(tx: Tx, reopenings: Sequence[Reopening], *, now: datetime) -> int:
    """Let the clocks run again that these messages had stopped, to the same due time; says how many."""
    if not reopenings:
        return 0
    rows = await tx.raw.fetch(
        _REOPEN,
        [one.storefront_id for one in reopenings],
        [one.order_id for one in reopenings],
        [one.met_by for one in reopenings],
        now,
    )
    await append(tx, *(_entry(row, now) for row in rows))
    return len(rows)


def _entry(row: asyncpg.Record, now: datetime) -> Entry:
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=row["order_id"],
        mode=row["mode"],
        kind="deadline.reopened",
        subject=wire("ddl", row["id"]),
        actor="system",
        at=now,
        data={"kind": row["kind"], "due_at": row["due_at"].isoformat(), "message": row["met_by"]},
    )
