"""Ends the clock of a promise that need not be kept any more: what it was owed for has gone away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise by the key of the message that would keep it."""

    storefront_id: UUID
    order_id: UUID
    dedupe_key: str


# Joined on the unique key.
_CANCEL = """
UPDATE deadlines d SET cancelled_at = $4
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS p (storefront_id, order_id, dedupe_key)
WHERE d.storefront_id = p.storefront_id AND d.order_id = p.order_id AND d.dedupe_key = p.dedupe_key
  AND d.met_at IS NULL AND d.cancelled_at IS NULL
RETURNING d.storefront_id, d.mode, d.order_id, d.id, d.kind, d.due_at
"""


async def cancel_clocks(tx: Tx, promises: Sequence[Promise], *, why: str, now: datetime) -> int:
    """Let these clocks run no further, where they still run; says how many."""
    rows = await tx.raw.fetch(
        _CANCEL,
        [one.storefront_id for one in promises],
        [one.order_id for one in promises],
        [one.dedupe_key for one in promises],
        now,
    )
    await append(tx, *(_entry(row, why, now) for row in rows))
    return len(rows)


def _entry(row: asyncpg.Record, why: str, now: datetime) -> Entry:
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=row["order_id"],
        mode=row["mode"],
        kind="deadline.cancelled",
        subject=wire("ddl", row["id"]),
        actor="system",
        at=now,
        data={"kind": row["kind"], "due_at": row["due_at"].isoformat(), "why": why},
    )
