"""Leaves an errand: something that the machine must do after the commit, written with its cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows, insert, json_text
from tidings.outbox.kinds import ErrandKind
from tidings.outbox.tables import ErrandRow

TABLE = ErrandRow.__table__


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that must be done."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    kind: ErrandKind
    # What it is about, as a wire id.
    subject: str
    # By the application's clock.
    due_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


def errand_row(errand: Errand) -> Row:
    """The row of one errand."""
    return {
        "storefront_id": errand.storefront_id,
        "id": new_id(),
        "mode": errand.mode,
        "order_id": errand.order_id,
        "kind": errand.kind,
        "subject": errand.subject,
        "data": json_text(errand.data),
        "due_at": errand.due_at,
    }


def errand_rows(errands: Iterable[Errand]) -> Rows:
    """The rows of many errands, to be written with their causes."""
    many = [errand_row(errand) for errand in errands]
    rows = Rows()
    if many:
        rows.add(TABLE, *many)
    return rows


async def leave_errands(tx: Tx, *errands: Errand) -> None:
    """Leave these errands now."""
    await insert(tx, errand_rows(errands))
    tx.wakes_worker = True
