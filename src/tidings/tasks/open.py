"""Opens tasks; while one is open, the same cause opens no second one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows, insert, json_text
from tidings.tasks.kinds import SUMMARIES, TaskKind
from tidings.tasks.tables import TaskRow

TABLE = TaskRow.__table__


@dataclass(frozen=True, slots=True)
class Opening:
    """A task that a person is given."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID | None
    kind: TaskKind
    # Wire id of what it is about: the same kind about the same thing is the same task while it is open.
    cause: str
    opened_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    due_at: datetime | None = None


def task_row(opening: Opening) -> Row:
    """The row of one open task."""
    return {
        "storefront_id": opening.storefront_id,
        "id": new_id(),
        "mode": opening.mode,
        "order_id": opening.order_id,
        "kind": opening.kind,
        "dedupe_key": f"{opening.kind}:{opening.cause}",
        "status": "open",
        "summary": SUMMARIES[opening.kind],
        "data": json_text(opening.data),
        "owner": opening.owner,
        "due_at": opening.due_at,
        "opened_at": opening.opened_at,
    }


def task_rows(openings: Iterable[Opening]) -> Rows:
    """The rows of many tasks, to be written with their causes."""
    rows = Rows()
    rows.add(TABLE, *map(task_row, openings))
    rows.unless_there.add(TABLE)
    return rows


async def open_tasks(tx: Tx, *openings: Opening) -> None:
    """Open these tasks now."""
    await insert(tx, task_rows(openings))
