"""Starts the clock of a promise, in the transaction that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.deadlines.tables import DeadlineRow
from tidings.kit.db import Mode
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
