"""Finds tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor, instant
from tidings.kit.problem import NotFound
from tidings.tasks.finish import Cause
from tidings.tasks.kinds import TaskKind, TaskStatus
from tidings.tasks.tables import TaskRow


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for; None asks for any."""

    status: TaskStatus | None = None
    kind: TaskKind | None = None
    order_id: UUID | None = None
    owner: str | None = None
    due_before: datetime | None = None


async def tasks_page(tx: Tx, asked: TaskFilter, window: Window) -> Page[TaskRow]:
    """Tasks of the transaction's storefront and mode, oldest first: what has waited longest is done first."""
    wanted = _filtered(tx, asked)
    after = window.key(instant, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(TaskRow.opened_at, TaskRow.id) > after)
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    more = len(rows) > window.limit
    return Page(items, encode_cursor(items[-1].opened_at, items[-1].id) if more else None)


def _filtered(tx: Tx, asked: TaskFilter) -> Select[TaskRow]:
    wanted = select(TaskRow).where(TaskRow.storefront_id == tx.scope.storefront_id, TaskRow.mode == tx.scope.mode)
    equals = {"status": asked.status, "kind": asked.kind, "order_id": asked.order_id, "owner": asked.owner}
    wanted = wanted.filter_by(**{name: value for name, value in equals.items() if value is not None})
    if asked.due_before is not None:
        wanted = wanted.where(TaskRow.due_at < asked.due_before)
    return wanted.order_by(TaskRow.opened_at, TaskRow.id)


async def task_by_id(tx: Tx, task_id: UUID | None) -> TaskRow:
    """One task of the transaction's storefront and mode.

    Raises:
        NotFound: there is no such task.
    """
    wanted = select(TaskRow).where(
        TaskRow.storefront_id == tx.scope.storefront_id, TaskRow.mode == tx.scope.mode, TaskRow.id == task_id
    )
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row


_OPEN = """
SELECT t.storefront_id, t.mode, k.kind, k.about FROM tasks t
JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS k (storefront_id, mode, kind, about)
    ON t.storefront_id = k.storefront_id AND t.mode = k.mode AND t.dedupe_key = k.kind || ':' || k.about
WHERE t.status = 'open'
"""


async def open_among(tx: Tx, causes: Sequence[Cause]) -> set[Cause]:
    """For which of these causes somebody has a task already."""
    if not causes:
        return set()
    rows = await tx.raw.fetch(_OPEN, *map(list, zip(*causes, strict=True)))
    return {Cause(*row) for row in rows}
