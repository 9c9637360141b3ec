"""Tells storefronts what happened: every fact about an order becomes one line of the event log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Mode
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows
from tidings.webhooks.tables import EventRow

TABLE = EventRow.__table__


@dataclass(frozen=True, slots=True)
class Telling:
    """One event, before it has its id."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    order_seq: int
    kind: str
    actor: str
    at: datetime
    # JSON text.
    snapshot: str
    # Of the snapshot's digest, which is on the record.
    salt: bytes | None = None


def event_row(telling: Telling) -> Row:
    """The row of one event."""
    return {
        "storefront_id": telling.storefront_id,
        "order_id": telling.order_id,
        "order_seq": telling.order_seq,
        "id": new_id(),
        "mode": telling.mode,
        "kind": telling.kind,
        "actor": telling.actor,
        "occurred_at": telling.at,
        "snapshot": telling.snapshot,
        "salt": telling.salt,
    }


def event_rows(tellings: Iterable[Telling]) -> Rows:
    """The rows of many events, to be written with their causes."""
    rows = Rows()
    rows.add(TABLE, *map(event_row, tellings))
    return rows
