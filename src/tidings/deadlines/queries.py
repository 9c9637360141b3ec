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


@dataclass(frozen=True, slots=True)
class DeadlineFilter:
    """Which deadlines are asked for; None asks for any."""

    kind: str | None = None
    status: DeadlineStatus | None = None
    order_id: UUID | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None


def status_of(row: DeadlineRow, now: datetime) -> DeadlineStatus:
    """How a deadline stands."""
    if row.met_at is not None:
        return "met" if row.met_at <= row.due_at else "missed"
    if row.cancelled_at is not None:
        return "cancelled"
    return "running" if now <= row.due_at else "missed"


async def deadlines_page(tx: Tx, asked: DeadlineFilter, window: Window, *, now: datetime) -> Page[DeadlineRow]:
    """Deadlines of the transaction's storefront and mode, the first one due first."""
    wanted = _filtered(tx, asked, now).order_by(DeadlineRow.due_at, DeadlineRow.id)
    after = window.key(instant, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(DeadlineRow.due_at, DeadlineRow.id) > after)
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].due_at, items[-1].id) if len(rows) > window.limit else None)


def _filtered(tx: Tx, asked: DeadlineFilter, now: datetime) -> Select[DeadlineRow]:
    wanted = select(DeadlineRow).where(
        DeadlineRow.storefront_id == tx.scope.storefront_id, DeadlineRow.mode == tx.scope.mode
    )
    if asked.kind is not None:
        wanted = wanted.where(DeadlineRow.kind == asked.kind)
    if asked.order_id is not None:
        wanted = wanted.where(DeadlineRow.order_id == asked.order_id)
    if asked.due_after is not None:
        wanted = wanted.where(DeadlineRow.due_at >= asked.due_after)
    if asked.due_before is not None:
        wanted = wanted.where(DeadlineRow.due_at < asked.due_before)
    return wanted if asked.status is None else wanted.where(_stands(asked.status, now))


def _stands(status: DeadlineStatus, now: datetime) -> ColumnElement[bool]:
    """The same judgement as `status_of`, for the database."""
    open_ = and_(DeadlineRow.met_at.is_(None), DeadlineRow.cancelled_at.is_(None))
    return {
        "met": DeadlineRow.met_at <= DeadlineRow.due_at,
        "missed": or_(DeadlineRow.met_at > DeadlineRow.due_at, and_(open_, DeadlineRow.due_at < now)),
        "cancelled": and_(DeadlineRow.met_at.is_(None), DeadlineRow.cancelled_at.is_not(None)),
        "running": and_(open_, DeadlineRow.due_at >= now),
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
    )
