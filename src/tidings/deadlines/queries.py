"""Reads deadlines; how one stands is a function of its instants and of the present one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from tidings.deadlines.schemas import Deadline, DeadlineStatus
from tidings.deadlines.tables import DeadlineRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.page import Page, Window, encode_cursor, instant
from tidings.kit.problem import NotFound


@dataclass(frozen=True, slots=True)
class DeadlineFilter:
    """Which deadlines are asked for; None asks for any."""

    kind: str | None = None
    status: DeadlineStatus | None = None
    order_id: UUID | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    # Whether it has gone on to somebody else.
    is_escalated: bool | None = None


def status_of(row: DeadlineRow, now: datetime) -> DeadlineStatus:
    """How a deadline stands. What staff was told is missed stays so, however the clock is set, unless it was kept."""
    if row.met_at is not None:
        return "met" if row.met_at <= row.due_at else "missed"
    if row.cancelled_at is not None:
        return "cancelled"
    return "running" if row.missed_at is None and now <= row.due_at else "missed"


async def deadline_by_id(tx: Tx, deadline_id: UUID | None) -> DeadlineRow:
    """One deadline of the transaction's storefront and mode.

    Raises:
        NotFound: there is no such deadline.
    """
    row = (await tx.session.scalars(_own(tx).where(DeadlineRow.id == deadline_id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def deadlines_page(tx: Tx, asked: DeadlineFilter, window: Window, *, now: datetime) -> Page[DeadlineRow]:
    """Deadlines of the transaction's storefront and mode, the first one due first."""
    wanted = _filtered(tx, asked, now).order_by(DeadlineRow.due_at, DeadlineRow.id)
    after = window.key(instant, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(DeadlineRow.due_at, DeadlineRow.id) > after)
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].due_at, items[-1].id) if len(rows) > window.limit else None)


def _own(tx: Tx) -> Select[DeadlineRow]:
    return select(DeadlineRow).where(
        DeadlineRow.storefront_id == tx.scope.storefront_id, DeadlineRow.mode == tx.scope.mode
    )


def _filtered(tx: Tx, asked: DeadlineFilter, now: datetime) -> Select[DeadlineRow]:
    equals = {"kind": asked.kind, "order_id": asked.order_id}
    wanted = _own(tx).filter_by(**{name: value for name, value in equals.items() if value is not None})
    if asked.due_after is not None:
        wanted = wanted.where(DeadlineRow.due_at >= asked.due_after)
    if asked.due_before is not None:
        wanted = wanted.where(DeadlineRow.due_at < asked.due_before)
    if asked.is_escalated is not None:
        wanted = wanted.where(DeadlineRow.escalated_at.is_not(None) == asked.is_escalated)
    return wanted if asked.status is None else wanted.where(_stands(asked.status, now))


def _stands(status: DeadlineStatus, now: datetime) -> ColumnElement[bool]:
    """The same judgement as `status_of`, for the database."""
    open_ = and_(DeadlineRow.met_at.is_(None), DeadlineRow.cancelled_at.is_(None))
    # In the words of ix_deadlines_running.
    runs = and_(open_, DeadlineRow.missed_at.is_(None), DeadlineRow.due_at >= now)
    broken = and_(open_, or_(DeadlineRow.missed_at.is_not(None), DeadlineRow.due_at < now))
    return {
        "met": DeadlineRow.met_at <= DeadlineRow.due_at,
        "missed": or_(DeadlineRow.met_at > DeadlineRow.due_at, broken),
        "cancelled": and_(DeadlineRow.met_at.is_(None), DeadlineRow.cancelled_at.is_not(None)),
        "running": runs,
    }[status]


def deadline_of(row: DeadlineRow, now: datetime) -> Deadline:
    """A deadline as callers see it."""
    return Deadline(
        id=wire("ddl", row.id),
        order_id=wire("ord", row.order_id),
        kind=row.kind,
        subject_id=row.dedupe_key.split(":")[1],
        status=status_of(row, now),
        started_at=row.started_at,
        due_at=row.due_at,
        met_at=row.met_at,
        met_by=row.met_by,
        warned_at=row.warned_at,
        missed_at=row.missed_at,
        escalated_at=row.escalated_at,
        cancelled_at=row.cancelled_at,
    )
