"""Reads of storefronts, keys and connections, always within one storefront and mode."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor, instant, whole
from tidings.kit.problem import NotFound
from tidings.storefronts.tables import ApiKeyRow, ConnectionRow, RuleBookRow, StorefrontRow

# More than the column holds can only stand in a cursor that somebody made up.
_MOST_VERSIONS = 2**31 - 1

Row = TypeVar("Row", ApiKeyRow, ConnectionRow, StorefrontRow)


async def storefront(tx: Tx) -> StorefrontRow:
    """The storefront of this transaction.

    Raises:
        NotFound: it is gone.
    """
    wanted = select(StorefrontRow).where(StorefrontRow.id == tx.scope.storefront_id)
    return _there((await tx.session.scalars(wanted)).one_or_none())


async def storefront_by_slug(tx: Tx, slug: str) -> StorefrontRow | None:
    """The storefront of this name, if there is one: for the command line."""
    return (await tx.session.scalars(select(StorefrontRow).where(StorefrontRow.slug == slug))).one_or_none()


async def all_storefronts(tx: Tx) -> list[StorefrontRow]:
    """Every storefront, by name: for the command line."""
    return list(await tx.session.scalars(select(StorefrontRow).order_by(StorefrontRow.slug)))


async def keys_page(tx: Tx, window: Window) -> Page[ApiKeyRow]:
    """The keys, newest first; also those that work no more."""
    return await _page(tx, _keys(tx), ApiKeyRow, window)


async def key_by_id(tx: Tx, key_id: UUID | None) -> ApiKeyRow:
    """One key.

    Raises:
        NotFound: there is no such key in this storefront and mode.
    """
    return _there((await tx.session.scalars(_keys(tx).where(ApiKeyRow.id == key_id))).one_or_none())


async def key_for_update(tx: Tx, key_id: UUID | None) -> ApiKeyRow:
    """The same, locked until the end of the transaction."""
    wanted = _keys(tx).where(ApiKeyRow.id == key_id).with_for_update()
    return _there((await tx.session.scalars(wanted)).one_or_none())


async def connections_page(tx: Tx, window: Window) -> Page[ConnectionRow]:
    """The connections that have not been removed, newest first."""
    return await _page(tx, _connections(tx), ConnectionRow, window)


async def connection_by_id(tx: Tx, connection_id: UUID | None) -> ConnectionRow:
    """One connection.

    Raises:
        NotFound: there is no such connection in this storefront and mode.
    """
    wanted = _connections(tx).where(ConnectionRow.id == connection_id)
    return _there((await tx.session.scalars(wanted)).one_or_none())


async def connection_for_update(tx: Tx, connection_id: UUID | None) -> ConnectionRow:
    """The same, locked until the end of the transaction."""
    wanted = _connections(tx).where(ConnectionRow.id == connection_id).with_for_update()
    return _there((await tx.session.scalars(wanted)).one_or_none())


async def connection_named(tx: Tx, name: str) -> ConnectionRow | None:
    """The connection of this name, if there is one."""
    return (await tx.session.scalars(_connections(tx).where(ConnectionRow.name == name))).one_or_none()


async def rule_books_page(tx: Tx, window: Window) -> Page[RuleBookRow]:
    """The storefront's rules in their versions, the newest first."""
    wanted = select(RuleBookRow).where(RuleBookRow.storefront_id == tx.scope.storefront_id)
    after = window.key(whole)
    if after is not None:
        wanted = wanted.where(RuleBookRow.version < min(after[0], _MOST_VERSIONS))
    ordered = wanted.order_by(RuleBookRow.version.desc()).limit(window.limit + 1)
    rows = list(await tx.session.scalars(ordered))
    more = len(rows) > window.limit
    return Page(rows[: window.limit], encode_cursor(rows[window.limit - 1].version) if more else None)


def _keys(tx: Tx) -> Select[ApiKeyRow]:
    return select(ApiKeyRow).where(ApiKeyRow.storefront_id == tx.scope.storefront_id, ApiKeyRow.mode == tx.scope.mode)


def _connections(tx: Tx) -> Select[ConnectionRow]:
    return select(ConnectionRow).where(
        ConnectionRow.storefront_id == tx.scope.storefront_id,
        ConnectionRow.mode == tx.scope.mode,
        ConnectionRow.removed_at.is_(None),
    )


async def _page(tx: Tx, wanted: Select[Any], table: Any, window: Window) -> Page[Any]:
    after = window.key(instant, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(table.created_at, table.id) < tuple_(*after))
    ordered = wanted.order_by(table.created_at.desc(), table.id.desc()).limit(window.limit + 1)
    rows = list(await tx.session.scalars(ordered))
    more = len(rows) > window.limit
    last = rows[window.limit - 1] if more else None
    cursor = None if last is None else encode_cursor(last.created_at.isoformat(), last.id)
    return Page(rows[: window.limit], cursor)


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
