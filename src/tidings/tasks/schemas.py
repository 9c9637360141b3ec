"""Tasks as callers see them."""

from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from tidings.kit.fields import Asked, Label, Prose
from tidings.kit.ids import wire
from tidings.tasks.kinds import TaskKind, TaskStatus
from tidings.tasks.tables import TaskRow


class Task(BaseModel):
    """One thing that a person must do, until its outcome is known."""

    id: str
    kind: TaskKind
    status: TaskStatus
    order_id: str | None
    summary: str = Field(description="What to do, in one sentence")
    data: dict[str, Any] = Field(description="What it is about: ids, the provider's words, what the customer wrote")
    owner: str | None
    opened_at: datetime
    due_at: datetime | None
    outcome: str | None
    notes: str | None
    closed_at: datetime | None
    closed_by: str | None


class TaskOutcome(Asked):
    """What came of a task."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "called", "notes": "The customer gave a new address."}]}
    )

    outcome: Label = Field(description="In a word or two: `called`, `resent` …; of a call `reached` or `not_reached`")
    notes: Prose | None = Field(None, description="What the next person should know")


def task_of(row: TaskRow) -> Task:
    """A task's row as callers see it."""
    return Task(
        id=wire("tsk", row.id),
        kind=cast("TaskKind", row.kind),
        status=cast("TaskStatus", row.status),
        order_id=None if row.order_id is None else wire("ord", row.order_id),
        summary=row.summary,
        data=row.data,
        owner=row.owner,
        opened_at=row.opened_at,
        due_at=row.due_at,
        outcome=row.outcome,
        notes=row.notes,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )
