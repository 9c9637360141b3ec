"""Finds the clocks of which staff must be told, and marks each as told, once: about to be missed, missed, escalated.

What is found costs by what is due: each look walks a partial index that a clock leaves once it has been told of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg

from tidings.kit.db import Mode, Tx
from tidings.kit.scope import Scope

# In the order in which they are looked for: what is missed is not warned of any more.
Stage = Literal["missed", "escalated", "warned"]
STAGES: Final[tuple[Stage, ...]] = ("missed", "escalated", "warned")


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock of which something must be told."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    id: UUID

    @property
    def scope(self) -> Scope:
        """Whose it is."""
        return Scope(self.storefront_id, self.mode)


@dataclass(frozen=True, slots=True)
class ToldClock:
    """The same, marked as told by this transaction."""

    id: UUID
    kind: str
    # What the promise is about, as a wire id.
    subject: str
    started_at: datetime
    due_at: datetime
    # Set when it was kept, but too late.
    met_at: datetime | None
    escalates_at: datetime | None


@dataclass(frozen=True, slots=True)
class Warnings:
    """How long before its due time a promise of each kind is warned of."""

    before: Mapping[str, timedelta]

    @property
    def longest(self) -> timedelta:
        """How far ahead to look."""
        return max(self.before.values())


# Walks ix_deadlines_running as far as the longest warning reaches ahead. A promise that is shorter than twice its
# warning is warned of halfway.
_TO_WARN = """
SELECT d.storefront_id, d.mode, d.order_id, d.id FROM deadlines d
JOIN unnest($3::text[], $4::interval[]) AS w (kind, before) ON w.kind = d.kind
WHERE d.met_at IS NULL AND d.cancelled_at IS NULL AND d.missed_at IS NULL AND d.warned_at IS NULL
  AND d.due_at >= $1 AND d.due_at <= $5
  AND d.due_at - least(w.before, (d.due_at - d.started_at) / 2) <= $1
ORDER BY d.due_at LIMIT $2
"""

# Walks ix_deadlines_running up to now, and ix_deadlines_late: both hold only what has not been told of.
_TO_MISS = """
(SELECT storefront_id, mode, order_id, id FROM deadlines
 WHERE met_at IS NULL AND cancelled_at IS NULL AND missed_at IS NULL AND due_at < $1
 ORDER BY due_at LIMIT $2)
UNION ALL
(SELECT storefront_id, mode, order_id, id FROM deadlines
 WHERE met_at > due_at AND missed_at IS NULL AND met_at <= $1
 ORDER BY met_at LIMIT $2)
"""

# Walks ix_deadlines_missed up to now: what has gone on has no `escalates_at` any more.
_TO_ESCALATE = """
SELECT storefront_id, mode, order_id, id FROM deadlines
WHERE missed_at IS NOT NULL AND met_at IS NULL AND cancelled_at IS NULL AND escalates_at <= $1
ORDER BY escalates_at LIMIT $2
"""


_LOOK: Final[Mapping[Stage, str]] = {"warned": _TO_WARN, "missed": _TO_MISS, "escalated": _TO_ESCALATE}


async def clocks_due(
    connection: asyncpg.Connection, stage: Stage, now: datetime, warnings: Warnings, *, most: int
) -> Sequence[DueClock]:
    """Clocks of which this must be told now, the longest due first; across storefronts."""
    more: list[object] = []
    if stage == "warned":
        more = [list(warnings.before), list(warnings.before.values()), now + warnings.longest]
    rows = await connection.fetch(_LOOK[stage], now, most, *more)
    return [DueClock(row["storefront_id"], row["mode"], row["order_id"], row["id"]) for row in rows]


# By the primary key. Each says once more what it was found by: whoever comes second, or too late, finds nothing.
_MARK: Final[Mapping[Stage, str]] = {
    "warned": """
        UPDATE deadlines SET warned_at = $4
        WHERE storefront_id = $1 AND id = $2 AND order_id = $3 AND met_at IS NULL AND cancelled_at IS NULL
          AND missed_at IS NULL AND warned_at IS NULL AND due_at >= $4
        RETURNING *
    """,
    "missed": """
        UPDATE deadlines SET missed_at = $4,
            escalates_at = CASE WHEN met_at IS NULL THEN due_at + $5::interval END
        WHERE storefront_id = $1 AND id = $2 AND order_id = $3 AND missed_at IS NULL AND cancelled_at IS NULL
          AND (met_at > due_at OR met_at IS NULL AND due_at < $4)
        RETURNING *
    """,
    "escalated": """
        UPDATE deadlines SET escalated_at = $4, escalates_at = NULL
        WHERE storefront_id = $1 AND id = $2 AND order_id = $3 AND met_at IS NULL AND cancelled_at IS NULL
          AND missed_at IS NOT NULL AND escalated_at IS NULL AND escalates_at <= $4
        RETURNING *
    """,
}


async def mark_told(
    tx: Tx, stage: Stage, clock: DueClock, now: datetime, *, escalates_after: timedelta
) -> ToldClock | None:
    """Mark a clock as told, in the transaction that tells it; None when there is nothing (more) to tell.

    Args:
        tx: holds the order.
        stage: what is told.
        clock: found by `clocks_due`.
        now: the present instant.
        escalates_after: so long after its due time what is missed goes on to somebody else, while it is not kept.
    """
    await tx.flush()
    more = (escalates_after,) if stage == "missed" else ()
    row = await tx.raw.fetchrow(_MARK[stage], clock.storefront_id, clock.id, clock.order_id, now, *more)
    return None if row is None else _told(dict(row))


def _told(row: Mapping[str, Any]) -> ToldClock:
    return ToldClock(
        id=row["id"],
        kind=row["kind"],
        subject=row["dedupe_key"].split(":")[1],
        started_at=row["started_at"],
        due_at=row["due_at"],
        met_at=row["met_at"],
        escalates_at=row["escalates_at"],
    )
