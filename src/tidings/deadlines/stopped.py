"""What follows when a clock stops that people had been told of: their tasks go, and the trail tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.kinds import TaskKind

# A promise is one or the other: the second takes the first one's place.
PROMISE_TASKS: Final[tuple[TaskKind, ...]] = ("promise_at_risk", "promise_missed")

# The columns that a statement must return.
COLUMNS: Final = "storefront_id, mode, order_id, id, kind, due_at, met_at, met_by"


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that runs no more, or did not until now."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    id: UUID
    kind: str
    due_at: datetime
    # None: it was cancelled.
    met_at: datetime | None
    met_by: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From the row of a statement that returned COLUMNS."""
        return cls(*(row[name.strip()] for name in COLUMNS.split(",")))

    @property
    def wire_id(self) -> str:
        """`ddl_…`."""
        return wire("ddl", self.id)

    def entry(self, kind: str, *, actor: str, at: datetime, **data: Any) -> Entry:
        """What the trail tells of it."""
        return Entry(
            storefront_id=self.storefront_id,
            order_id=self.order_id,
            mode=self.mode,
            kind=kind,
            subject=self.wire_id,
            actor=actor,
            at=at,
            data={"kind": self.kind, "due_at": self.due_at.isoformat(), **data},
        )


async def tell_met(tx: Tx, clocks: Sequence[StoppedClock], *, now: datetime) -> None:
    """Promises were kept that people had been warned of, or after they had been missed."""
    await drop_promise_tasks(tx, clocks, why="the customer was told", now=now)
    await append(tx, *(_met(clock) for clock in clocks if clock.met_at is not None))


async def drop_promise_tasks(tx: Tx, clocks: Sequence[StoppedClock], *, why: str, now: datetime) -> None:
    """Nobody needs to see to these promises any more."""
    causes = [Cause(clock.storefront_id, clock.mode, kind, clock.wire_id) for clock in clocks for kind in PROMISE_TASKS]
    await drop_tasks(tx, causes, why=why, now=now)


def _met(clock: StoppedClock) -> Entry:
    if clock.met_at is None:
        raise AssertionError
    # Whoever told the customer; a message is the machine's.
    actor = "system" if clock.met_by is None or clock.met_by.startswith("msg_") else clock.met_by
    in_time = clock.met_at <= clock.due_at
    return clock.entry("deadline.met", actor=actor, at=clock.met_at, in_time=in_time, by=clock.met_by)
