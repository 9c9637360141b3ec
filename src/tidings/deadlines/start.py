"""Starts the clock of a promise, in the transaction that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.deadlines.tables import DeadlineRow
from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows

TABLE = DeadlineRow.__table__


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise that starts to run."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    # The milestone that must be told.
    kind: str
    # The message that will meet it has the same key.
    dedupe_key: str
    started_at: datetime
    due_at: datetime


def clock_row(clock: Clock) -> Row:
    """The row of one running clock."""
    return {
        "storefront_id": clock.storefront_id,
        "order_id": clock.order_id,
        "id": new_id(),
        "mode": clock.mode,
        "kind": clock.kind,
        "dedupe_key": clock.dedupe_key,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
    }


def clock_rows(clocks: Iterable[Clock]) -> Rows:
    """The rows of many clocks, to be written with their causes."""
    rows = Rows()
    rows.add(TABLE, *map(clock_row, clocks))
    return rows


# A promise that was taken back is given anew, from now on: staff has been told nothing of it yet.
_RESTART = """
INSERT INTO deadlines AS d (storefront_id, order_id, id, mode, kind, dedupe_key, started_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (storefront_id, order_id, dedupe_key) DO UPDATE
SET started_at = excluded.started_at, due_at = excluded.due_at, cancelled_at = NULL,
    warned_at = NULL, missed_at = NULL, escalated_at = NULL, escalates_at = NULL
WHERE d.cancelled_at IS NOT NULL AND d.met_at IS NULL
"""


async def restart_clock(tx: Tx, clock: Clock) -> None:
    """Start one clock; one that was cancelled runs again, and any other goes on as it did."""
    row = clock_row(clock)
    columns = ("storefront_id", "order_id", "id", "mode", "kind", "dedupe_key", "started_at", "due_at")
    await tx.flush()
    await tx.raw.execute(_RESTART, *(row[column] for column in columns))
