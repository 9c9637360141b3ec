"""Looks into the stock ledger."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.verification.tables import StockMovementRow, StockRow


async def stock_page(tx: Tx, prefix: str | None, window: Window) -> Page[StockRow]:
    """Articles of the transaction's storefront and mode, in the order of their numbers."""
    wanted = _here(tx, select(StockRow), StockRow)
    if prefix:
        wanted = wanted.where(StockRow.sku.startswith(prefix, autoescape=True))
    after = window.key(str)
    if after is not None:
        wanted = wanted.where(StockRow.sku > after[0])
    rows = (await tx.session.scalars(wanted.order_by(StockRow.sku).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].sku) if len(rows) > window.limit else None)


async def article_of(tx: Tx, sku: str) -> StockRow:
    """One article of the transaction's storefront and mode.

    Raises:
        NotFound: the ledger does not know it.
    """
    found = await tx.session.scalars(_here(tx, select(StockRow), StockRow).where(StockRow.sku == sku))
    row: StockRow | None = found.one_or_none()
    if row is None:
        raise NotFound
    return row


async def movements_page(tx: Tx, sku: str, window: Window) -> Page[StockMovementRow]:
    """What moved an article, the newest first.

    Raises:
        NotFound: the ledger does not know it.
    """
    await article_of(tx, sku)
    wanted = _here(tx, select(StockMovementRow), StockMovementRow).where(StockMovementRow.sku == sku)
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(StockMovementRow.id < after[0])
    rows = (await tx.session.scalars(wanted.order_by(StockMovementRow.id.desc()).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


def _here(tx: Tx, wanted: Select[Any], table: type[StockRow | StockMovementRow]) -> Select[Any]:
    return wanted.where(table.storefront_id == tx.scope.storefront_id, table.mode == tx.scope.mode)
