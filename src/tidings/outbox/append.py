"""Leaves work behind, in the transaction that makes it necessary; due at once, by the database's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tidings.kit.db import Mode
from tidings.kit.rows import Row, Rows
from tidings.outbox.tables import OutboxRow

TABLE = OutboxRow.__table__

CUSTOMER_LANE = "customer"
STAFF_LANE = "staff"


@dataclass(frozen=True, slots=True)
class Work:
    """A message that must go out."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    # The message's id.
    id: UUID
    # The channel that it goes to first.
    queue: str
    priority: int
    order_seq: int
    # Work in one lane of one order leaves in the order of its facts.
    lane: str = CUSTOMER_LANE


def work_row(work: Work) -> Row:
    """The row of one piece of work."""
    return {
        "storefront_id": work.storefront_id,
        "id": work.id,
        "mode": work.mode,
        "order_id": work.order_id,
        "queue": work.queue,
        "priority": work.priority,
        "lane": work.lane,
        "order_seq": work.order_seq,
    }


def work_rows(works: Iterable[Work]) -> Rows:
    """The rows of much work, to be written with its causes."""
    rows = Rows()
    rows.add(TABLE, *map(work_row, works))
    return rows
