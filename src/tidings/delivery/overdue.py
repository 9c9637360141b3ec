"""Looks for receipts that a provider promised and that did not come; a message is never called failed for that."""

from datetime import datetime
from typing import Final

import asyncpg

from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.keeping import ERASED
from tidings.kit.rows import insert
from tidings.records.append import Entry, record_rows
from tidings.tasks.open import Opening, task_rows

_BATCH: Final = 500

# Along ix_messages_receipt_due. What another worker looks at this moment is skipped.
_FIND = """
WITH due AS (
    SELECT m.storefront_id, m.order_id, m.id FROM messages m
    WHERE m.receipt_due_at <= $1 AND NOT m.receipt_overdue
    ORDER BY m.receipt_due_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE messages m SET receipt_overdue = true, updated_at = $1
FROM due d WHERE m.storefront_id = d.storefront_id AND m.order_id = d.order_id AND m.id = d.id
RETURNING m.storefront_id, m.mode, m.order_id, m.id, m.milestone, m.channel, m.recipient, m.receipt_due_at
"""


async def mark_overdue(begin: Begin, now: datetime, *, batch: int = _BATCH) -> int:
    """Mark every message whose receipt is overdue, and give each to a person; says how many there were."""
    marked = 0
    while True:
        async with begin.across() as tx:
            found = await _mark(tx, now, batch)
        marked += found
        if found < batch:
            return marked


async def _mark(tx: Tx, now: datetime, batch: int) -> int:
    rows = await tx.raw.fetch(_FIND, now, batch)
    owed = record_rows(_entry(row, now) for row in rows)
    # Of somebody who was erased meanwhile nobody can find out anything.
    owed.merge(task_rows(_opening(row, now) for row in rows if row["recipient"] != ERASED))
    await insert(tx, owed)
    return len(rows)


def _entry(row: asyncpg.Record, now: datetime) -> Entry:
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=row["order_id"],
        mode=row["mode"],
        kind="receipt.overdue",
        subject=wire("msg", row["id"]),
        actor="system",
        at=now,
        data={"milestone": row["milestone"], "channel": row["channel"], "due_at": row["receipt_due_at"].isoformat()},
    )


def _opening(row: asyncpg.Record, now: datetime) -> Opening:
    message = wire("msg", row["id"])
    return Opening(
        storefront_id=row["storefront_id"],
        mode=row["mode"],
        order_id=row["order_id"],
        kind="receipt_overdue",
        cause=message,
        opened_at=now,
        data={"message": message, "milestone": row["milestone"], "channel": row["channel"]},
    )
