"""Adds lines to the audit trail; there is no other verb, because nothing here is ever changed or removed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows, insert, json_text
from tidings.records.tables import RecordRow

TABLE = RecordRow.__table__


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, to what, by whom."""

    storefront_id: UUID
    # The order it is about; None for what concerns no order.
    order_id: UUID | None
    # None for what concerns both modes.
    mode: Mode | None
    # `noun.past_participle`: `order.placed`, `attempt.settled`, `connection.changed`.
    kind: str
    # Wire id of what it is about.
    subject: str
    actor: str
    at: datetime
    # Ids, words and figures; never personal data.
    data: Mapping[str, Any] = field(default_factory=dict)


def record_row(entry: Entry) -> Row:
    """The row of one line."""
    return {
        "storefront_id": entry.storefront_id,
        "order_id": entry.order_id or entry.storefront_id,
        "id": new_id(),
        "mode": entry.mode,
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "at": entry.at,
        "data": json_text(entry.data),
    }


def record_rows(entries: Iterable[Entry]) -> Rows:
    """The rows of many lines, to be written with others in one statement."""
    rows = Rows()
    rows.add(TABLE, *map(record_row, entries))
    return rows


async def append(tx: Tx, *entries: Entry) -> None:
    """Write these lines now."""
    await insert(tx, record_rows(entries))
