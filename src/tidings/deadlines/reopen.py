"""Lets a clock run again: the message that had stopped it came back.

Whether the promise is missed by now is for the watch to say (orders/watch_promises.py), which says it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.deadlines.stopped import StoppedClock
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import Opening, open_tasks


@dataclass(frozen=True, slots=True)
class Reopening:
    """A promise that was thought kept."""

    storefront_id: UUID
    order_id: UUID
    # `msg_…`: only a clock that this very message stopped runs again.
    met_by: str


# By the storefront and order: an order has few clocks. One that was missed already, and then kept too late, goes on to
# somebody else at once.
_REOPEN = """
UPDATE deadlines d SET met_at = NULL, met_by = NULL,
    escalates_at = CASE WHEN d.missed_at IS NOT NULL AND d.escalated_at IS NULL
                        THEN coalesce(d.escalates_at, $4) END
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS r (storefront_id, order_id, met_by)
WHERE d.storefront_id = r.storefront_id AND d.order_id = r.order_id AND d.met_by = r.met_by
  AND d.cancelled_at IS NULL
RETURNING d.storefront_id, d.mode, d.order_id, d.id, d.kind, d.due_at, d.met_at, r.met_by,
    d.warned_at IS NOT NULL AS is_warned, d.missed_at IS NOT NULL AS is_missed
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
    # Staff is not told twice, but has something to do again.
    await open_tasks(tx, *[await _opening(tx, row, now) for row in rows if row["is_warned"] or row["is_missed"]])
    return len(rows)


def _entry(row: asyncpg.Record, now: datetime) -> Entry:
    return StoppedClock.of(row).entry("deadline.reopened", actor="system", at=now, message=row["met_by"])


async def _opening(tx: Tx, row: asyncpg.Record, now: datetime) -> Opening:
    deadline = wire("ddl", row["id"])
    return Opening(
        storefront_id=row["storefront_id"],
        mode=row["mode"],
        order_id=row["order_id"],
        kind="promise_missed" if row["is_missed"] else "promise_at_risk",
        cause=deadline,
        opened_at=now,
        data={"deadline": deadline, "kind": row["kind"], "message": row["met_by"]},
        owner=(await shop_rules(tx, row["storefront_id"])).on_duty(now),
        due_at=row["due_at"],
    )
