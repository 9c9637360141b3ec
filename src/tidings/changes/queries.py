"""Finds requests and refunds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from tidings.changes.book import books_of
from tidings.changes.kinds import ChangeKind, RefundMethod
from tidings.changes.schemas import ChangeRequest
from tidings.changes.states import ChangeStatus, RefundStatus
from tidings.changes.tables import ApprovalRow, ChangeRequestRow, RefundRow
from tidings.changes.told import change_told
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.orders.queries import currencies_of

Row = TypeVar("Row", ChangeRequestRow, RefundRow)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which requests are asked for; None asks for any."""

    status: ChangeStatus | None = None
    kind: ChangeKind | None = None
    order_id: UUID | None = None
    requested_after: datetime | None = None
    requested_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Which refunds are asked for; None asks for any."""

    status: RefundStatus | None = None
    method: RefundMethod | None = None
    order_id: UUID | None = None
    requested_after: datetime | None = None
    requested_before: datetime | None = None


def _conditions(table: Any, asked: ChangeFilter | RefundFilter) -> list[ColumnElement[bool]]:
    names = ("status", "kind", "method", "order_id")
    equals = {name: getattr(asked, name, None) for name in names}
    found = [getattr(table, name) == value for name, value in equals.items() if value is not None]
    if asked.requested_after is not None:
        found.append(table.requested_at > asked.requested_after)
    if asked.requested_before is not None:
        found.append(table.requested_at < asked.requested_before)
    return found


async def changes_page(tx: Tx, asked: ChangeFilter, window: Window) -> Page[ChangeRequestRow]:
    """Requests of the transaction's storefront and mode, the newest first."""
    return await _page(tx, ChangeRequestRow, asked, window)


async def refunds_page(tx: Tx, asked: RefundFilter, window: Window) -> Page[RefundRow]:
    """Refunds of the transaction's storefront and mode, the newest first."""
    return await _page(tx, RefundRow, asked, window)


async def change_by_id(tx: Tx, request_id: UUID | None) -> ChangeRequestRow:
    """One request.

    Raises:
        NotFound: there is no such request in this storefront and mode.
    """
    return await _one(tx, _of_scope(tx, ChangeRequestRow).where(ChangeRequestRow.id == request_id))


async def refund_by_id(tx: Tx, refund_id: UUID | None) -> RefundRow:
    """One refund.

    Raises:
        NotFound: there is no such refund in this storefront and mode.
    """
    return await _one(tx, _of_scope(tx, RefundRow).where(RefundRow.id == refund_id))


async def changes_told(tx: Tx, rows: Sequence[ChangeRequestRow]) -> list[ChangeRequest]:
    """Requests as the API answers them, with their approvals, refunds and rules: one question for all of each."""
    shop, ids = tx.scope.storefront_id, [row.id for row in rows]
    approvals: dict[UUID, list[ApprovalRow]] = {one: [] for one in ids}
    orders = {row.order_id for row in rows}
    said = select(ApprovalRow).where(
        ApprovalRow.storefront_id == shop, ApprovalRow.order_id.in_(orders), ApprovalRow.request_id.in_(ids)
    )
    for approval in await tx.session.scalars(said.order_by(ApprovalRow.id)):
        approvals[approval.request_id].append(approval)
    back = select(RefundRow).where(
        RefundRow.storefront_id == shop, RefundRow.order_id.in_(orders), RefundRow.request_id.in_(ids)
    )
    refunds = {refund.request_id: refund for refund in await tx.session.scalars(back)}
    books = await books_of(tx, shop, {row.policy_version for row in rows})
    currencies = await currencies_of(tx, orders)
    return [
        change_told(row, approvals[row.id], books[row.policy_version], refunds.get(row.id), currencies[row.order_id])
        for row in rows
    ]


async def _page(tx: Tx, table: type[Row], asked: ChangeFilter | RefundFilter, window: Window) -> Page[Row]:
    wanted = _of_scope(tx, table).where(*_conditions(table, asked)).order_by(table.id.desc())
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(table.id < after[0])
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


def _of_scope(tx: Tx, table: type[Row]) -> Select[Row]:
    return select(table).where(table.storefront_id == tx.scope.storefront_id, table.mode == tx.scope.mode)


async def _one(tx: Tx, wanted: Select[Row]) -> Row:
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row
