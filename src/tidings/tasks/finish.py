"""Closes tasks: somebody tells the outcome, or the cause goes away by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import select

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.records.append import Entry, append
from tidings.tasks.errors import TaskClosed
from tidings.tasks.kinds import TaskKind
from tidings.tasks.tables import TaskRow


@dataclass(frozen=True, slots=True)
class FinishTask:
    """Somebody has done it: what came of it."""

    # None when the caller named what cannot be a task.
    task_id: UUID | None
    outcome: str
    notes: str | None
    actor: str


class Cause(NamedTuple):
    """Why a task was opened: the same kind about the same thing."""

    storefront_id: UUID
    mode: Mode
    kind: TaskKind
    # Wire id of what it is about.
    about: str


_DROP = """
UPDATE tasks t SET status = 'dropped', closed_at = $4, closed_by = 'system', outcome = $5
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (storefront_id, mode, dedupe_key)
WHERE t.storefront_id = c.storefront_id AND t.mode = c.mode AND t.dedupe_key = c.dedupe_key AND t.status = 'open'
RETURNING t.storefront_id, t.mode, t.order_id, t.id, t.kind
"""


async def finish_task(tx: Tx, command: FinishTask, *, now: datetime) -> TaskRow:
    """Close a task of the transaction's storefront and mode with its outcome.

    Raises:
        NotFound: there is no such task.
        TaskClosed: it has its outcome already.
    """
    row = await _for_update(tx, command.task_id)
    if row.status != "open":
        raise TaskClosed(task=wire("tsk", row.id), outcome=row.outcome)
    row.status, row.outcome, row.notes = "done", command.outcome, command.notes
    row.closed_at, row.closed_by = now, command.actor
    data = {"task": wire("tsk", row.id), "kind": row.kind, "outcome": command.outcome}
    await append(
        tx,
        Entry(row.storefront_id, row.order_id, tx.scope.mode, "task.finished", data["task"], command.actor, now, data),
    )
    return row


async def _for_update(tx: Tx, task_id: UUID | None) -> TaskRow:
    wanted = select(TaskRow).where(
        TaskRow.storefront_id == tx.scope.storefront_id, TaskRow.mode == tx.scope.mode, TaskRow.id == task_id
    )
    row = (await tx.session.scalars(wanted.with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    return row


async def drop_tasks(tx: Tx, causes: Sequence[Cause], *, why: str, now: datetime) -> int:
    """Close what is open for these causes, which have gone away by themselves; says how many there were."""
    if not causes:
        return 0
    dropped = await tx.raw.fetch(
        _DROP,
        [cause.storefront_id for cause in causes],
        [cause.mode for cause in causes],
        [f"{cause.kind}:{cause.about}" for cause in causes],
        now,
        why,
    )
    await append(tx, *(_entry(row, why, now) for row in dropped))
    return len(dropped)


def _entry(row: asyncpg.Record, why: str, now: datetime) -> Entry:
    task = wire("tsk", row["id"])
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=row["order_id"],
        mode=row["mode"],
        kind="task.dropped",
        subject=task,
        actor="system",
        at=now,
        data={"task": task, "kind": row["kind"], "why": why},
    )
