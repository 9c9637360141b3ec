"""Closes tasks: somebody tells the outcome, or the cause goes away by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import asyncpg
from sqlalchemy import select

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.records.append import Entry, append
from tidings.tasks.errors import TaskClosed
from tidings.tasks.kinds import TaskKind
from tidings.tasks.outcomes import Follows, NotYet, Outcomes, ToldOutcome
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


_NOTHING: Final[Outcomes] = {}

_DROP = """
UPDATE tasks t SET status = 'dropped', closed_at = $4, closed_by = 'system', outcome = $5
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (storefront_id, mode, dedupe_key)
WHERE t.storefront_id = c.storefront_id AND t.mode = c.mode AND t.dedupe_key = c.dedupe_key AND t.status = 'open'
RETURNING t.storefront_id, t.mode, t.order_id, t.id, t.kind
"""


async def finish_task(tx: Tx, command: FinishTask, outcomes: Outcomes = _NOTHING, *, now: datetime) -> TaskRow:
    """Close a task of the transaction's storefront and mode with its outcome; one that is not done yet stays open.

    Args:
        tx: the transaction.
        command: which, and what came of it.
        outcomes: what follows from it, by kind of task.
        now: the present instant.

    Raises:
        NotFound: there is no such task.
        TaskClosed: it has its outcome already.
    """
    seen = await _found(tx, command.task_id, lock=False)
    follows = outcomes.get(cast("TaskKind", seen.kind))
    if follows is not None:
        await follows.hold(tx, seen.order_id)
    row = await _found(tx, command.task_id, lock=True)
    if row.status != "open":
        raise TaskClosed(task=wire("tsk", row.id), outcome=row.outcome)
    not_yet = await _closed(tx, row, command, follows, now)
    kind = "task.finished" if not_yet is None else "task.tried"
    data = {"task": wire("tsk", row.id), "kind": row.kind}
    words = {"outcome": command.outcome}
    await append(
        tx, Entry(row.storefront_id, row.order_id, tx.scope.mode, kind, data["task"], command.actor, now, data, words)
    )
    return row


async def _closed(tx: Tx, row: TaskRow, command: FinishTask, follows: Follows | None, now: datetime) -> NotYet | None:
    """Close it, and let everything follow; why it is open again, if it is."""
    row.status, row.outcome, row.notes = "done", command.outcome, command.notes
    row.closed_at, row.closed_by = now, command.actor
    if follows is None:
        return None
    # Closed before what follows: that may take back what others were asked to do for the same cause.
    await tx.flush()
    not_yet = await follows(tx, _told(tx, row, command, now))
    if not_yet is not None:
        row.status, row.outcome, row.closed_at, row.closed_by = "open", None, None, None
        row.due_at, row.data = not_yet.due_at, {**row.data, **not_yet.data}
    return not_yet


def _told(tx: Tx, row: TaskRow, command: FinishTask, now: datetime) -> ToldOutcome:
    return ToldOutcome(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        id=row.id,
        data=row.data,
        outcome=command.outcome,
        notes=command.notes,
        actor=command.actor,
        at=now,
    )


async def _found(tx: Tx, task_id: UUID | None, *, lock: bool) -> TaskRow:
    wanted = select(TaskRow).where(
        TaskRow.storefront_id == tx.scope.storefront_id, TaskRow.mode == tx.scope.mode, TaskRow.id == task_id
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    row = (await tx.session.scalars(wanted)).one_or_none()
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


# Along ix_tasks_order.
_DROP_OF_ORDERS = """
UPDATE tasks t SET status = 'dropped', closed_at = $3, closed_by = 'system', outcome = $4
WHERE t.storefront_id = $1 AND t.order_id = ANY($2) AND t.order_id IS NOT NULL AND t.status = 'open'
  AND ($5::text IS NULL OR t.kind = $5)
RETURNING t.storefront_id, t.mode, t.order_id, t.id, t.kind, t.data
"""


async def drop_tasks_of_orders(
    tx: Tx, order_ids: Sequence[UUID], kind: TaskKind | None = None, *, why: str, now: datetime
) -> list[Mapping[str, Any]]:
    """Close whatever is open about these orders of the transaction's storefront, or what is of one kind.

    Returns:
        The data of each.
    """
    dropped = await tx.raw.fetch(_DROP_OF_ORDERS, tx.scope.storefront_id, order_ids, now, why, kind)
    await append(tx, *(_entry(row, why, now) for row in dropped))
    return [row["data"] for row in dropped]


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
