"""Finds holds, exports, erasures and rounds, the newest first."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import defer
from sqlalchemy.sql.base import ExecutableOption

from tidings.kit.db import Base, Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.retention.tables import ErasureRow, ExportRow, HoldRow, RetentionRunRow

Row = TypeVar("Row", HoldRow, ExportRow, ErasureRow, RetentionRunRow)

# Whole files have no place in lists.
_LEFT_OUT: Final[Mapping[type[Base], Sequence[ExecutableOption]]] = {
    ExportRow: (defer(ExportRow.content, raiseload=True),)
}


async def holds_page(tx: Tx, *, standing: bool, window: Window) -> Page[HoldRow]:
    """Holds of the transaction's storefront and mode."""
    only = [HoldRow.released_at.is_(None)] if standing else []
    return await _page(tx, HoldRow, window, *only)


async def exports_page(tx: Tx, window: Window) -> Page[ExportRow]:
    """Exports, without their contents."""
    return await _page(tx, ExportRow, window)


async def erasures_page(tx: Tx, window: Window) -> Page[ErasureRow]:
    """Erasures, and what came of them."""
    return await _page(tx, ErasureRow, window)


async def rounds_page(tx: Tx, window: Window) -> Page[RetentionRunRow]:
    """Rounds of retention."""
    return await _page(tx, RetentionRunRow, window)


async def erasure_by_id(tx: Tx, erasure_id: UUID | None) -> ErasureRow:
    """One erasure.

    Raises:
        NotFound: there is no such one in this storefront and mode.
    """
    return await _one(tx, ErasureRow, erasure_id)


async def export_by_id(tx: Tx, export_id: UUID | None) -> ExportRow:
    """One export, without its content.

    Raises:
        NotFound: there is no such one in this storefront and mode.
    """
    return await _one(tx, ExportRow, export_id)


async def _one(tx: Tx, kind: type[Row], row_id: UUID | None) -> Row:
    found: Row | None = (await tx.session.scalars(_wanted(tx, kind).where(kind.id == row_id))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def _page(tx: Tx, kind: type[Row], window: Window, *only: ColumnElement[bool]) -> Page[Row]:
    wanted = _wanted(tx, kind).where(*only).order_by(kind.id.desc())
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(kind.id < after[0])
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


def _wanted(tx: Tx, kind: type[Row]) -> Any:
    wanted = select(kind).where(kind.storefront_id == tx.scope.storefront_id, kind.mode == tx.scope.mode)
    return wanted.options(*_LEFT_OUT.get(kind, ()))
