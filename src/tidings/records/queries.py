"""Reads the audit trail, with what was written beside it put back in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.records.tables import RecordRow, RecordWordsRow


@dataclass(slots=True)
class Line:
    """One line of the trail."""

    id: UUID
    kind: str
    subject: str
    actor: str
    at: datetime
    # What people wrote stands in it, too, as long as it is kept.
    data: dict[str, Any]


# The second is null where there are no words.
_Wanted = Select[RecordRow, dict[str, str]]


async def trail_of_order(tx: Tx, order_id: UUID, window: Window) -> Page[Line]:
    """The records about one order of the transaction's storefront, in the order in which they were written."""
    wanted = _of_order(tx, order_id).where(RecordRow.mode == tx.scope.mode)
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(RecordRow.id > after[0])
    rows = await _lines(tx, wanted.order_by(RecordRow.id).limit(window.limit + 1))
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


async def last_of_kind(tx: Tx, order_id: UUID, kind: str) -> Line | None:
    """The newest record of a kind about one order of the transaction's storefront."""
    wanted = _of_order(tx, order_id).where(RecordRow.kind == kind)
    rows = await _lines(tx, wanted.order_by(RecordRow.id.desc()).limit(1))
    return rows[0] if rows else None


async def records_about(tx: Tx, order_id: UUID, subject: str) -> Sequence[Line]:
    """The records of one order that are about this subject, or name it as their message, oldest first."""
    about = (RecordRow.subject == subject) | (RecordRow.data["message"].astext == subject)
    return await _lines(tx, _of_order(tx, order_id).where(about).order_by(RecordRow.id))


def _of_order(tx: Tx, order_id: UUID) -> _Wanted:
    beside = and_(
        RecordWordsRow.storefront_id == RecordRow.storefront_id,
        RecordWordsRow.order_id == RecordRow.order_id,
        RecordWordsRow.record_id == RecordRow.id,
    )
    return (
        select(RecordRow, RecordWordsRow.words)
        .outerjoin(RecordWordsRow, beside)
        .where(RecordRow.storefront_id == tx.scope.storefront_id, RecordRow.order_id == order_id)
    )


async def _lines(tx: Tx, wanted: _Wanted) -> list[Line]:
    return [_line(record, words) for record, words in await tx.session.execute(wanted)]


def _line(record: RecordRow, words: Mapping[str, str] | None) -> Line:
    data = {**record.data, **(words or {})}
    return Line(record.id, record.kind, record.subject, record.actor, record.at, data)
