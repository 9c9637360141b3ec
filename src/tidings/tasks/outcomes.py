"""What follows from a task's outcome, where a slice above this one knows more of its kind than that it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.tasks.kinds import TaskKind


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """A task of which somebody has just told the outcome."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID | None
    id: UUID
    data: Mapping[str, Any]
    outcome: str
    notes: str | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotYet:
    """It is not done: the task stays open."""

    # When it is to be tried again.
    due_at: datetime
    # What the task's data say from now on, beside what they said.
    data: Mapping[str, Any]


class Follows(Protocol):
    """Lets everything follow from the outcomes of one kind of task."""

    async def hold(self, tx: Tx, order_id: UUID | None) -> None:
        """Lock what will be changed: before the task itself is, as everybody does who works on orders."""
        ...

    async def __call__(self, tx: Tx, told: ToldOutcome) -> NotYet | None:
        """Let it follow; None when the task is done."""
        ...


Outcomes = Mapping[TaskKind, Follows]
