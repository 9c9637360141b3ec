"""Hands a promise over that is kept twice: the message that had stopped its clock came back, another one has not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.deadlines.stopped import StoppedClock
from tidings.kit.db import Tx
from tidings.records.append import Entry, append


@dataclass(frozen=True, slots=True)
class HandingOver:
    """A promise that is kept by another message than was thought."""

    storefront_id: UUID
    order_id: UUID
    # `msg_…`: only a clock that this very message stopped.
    met_by: str
    # `msg_…`, and when a provider had it.
    by: str
    at: datetime


# By the storefront and order, as in reopen.py. What was told too late is found by the watch: it says so, once.
_HAND_OVER = """
UPDATE deadlines d SET met_at = h.at, met_by = h.by
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
    AS h (storefront_id, order_id, met_by, by, at)
WHERE d.storefront_id = h.storefront_id AND d.order_id = h.order_id AND d.met_by = h.met_by
  AND d.cancelled_at IS NULL
RETURNING d.storefront_id, d.mode, d.order_id, d.id, d.kind, d.due_at, d.met_at, d.met_by, h.met_by AS message
"""


async def hand_over(tx: Tx, these: Sequence[HandingOver], *, now: datetime) -> int:
    """Let other messages have kept these promises; says how many there were."""
    if not these:
        return 0
    columns = zip(*((one.storefront_id, one.order_id, one.met_by, one.by, one.at) for one in these), strict=True)
    rows = await tx.raw.fetch(_HAND_OVER, *map(list, columns))
    await append(tx, *(_entry(row, now) for row in rows))
    return len(rows)


def _entry(row: asyncpg.Record, now: datetime) -> Entry:
    in_time = row["met_at"] <= row["due_at"]
    return StoppedClock.of(row).entry(
        "deadline.handed_over", actor="system", at=now, in_time=in_time, message=row["message"], by=row["met_by"]
    )
