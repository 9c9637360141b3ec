"""Finds orders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.scope import Scope
from tidings.orders.load import HeldOrder, lines_of
from tidings.orders.states import OrderStatus
from tidings.orders.tables import OrderRow


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for; None asks for any."""

    status: OrderStatus | None = None
    number: str | None = None
    placed_after: datetime | None = None
    placed_before: datetime | None = None
    updated_after: datetime | None = None
    on_hold: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the asked-for orders have."""
        equals = {"status": self.status, "number": self.number, "on_hold": self.on_hold}
        found = [getattr(OrderRow, name) == value for name, value in equals.items() if value is not None]
        if self.placed_after is not None:
            found.append(OrderRow.placed_at > self.placed_after)
        if self.placed_before is not None:
            found.append(OrderRow.placed_at < self.placed_before)
        if self.updated_after is not None:
            found.append(OrderRow.updated_at > self.updated_after)
        return found


@dataclass(frozen=True, slots=True)
class CustomerSearch:
    """Whose orders are asked for; what is None does not matter, and one at least is not."""

    email: str | None = None
    # E.164.
    phone: str | None = None
    # Any part of it.
    name: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the orders of that customer have."""
        found: list[ColumnElement[bool]] = []
        if self.email is not None:
            # Only the domain is case-insensitive by the standard, but nobody remembers how they wrote the rest.
            found.append(func.lower(OrderRow.customer_email) == self.email.lower())
        if self.phone is not None:
            found.append(OrderRow.customer_phone == self.phone)
        if self.name is not None:
            found.append(OrderRow.customer_name.icontains(self.name, autoescape=True))
        return found


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer as one storefront, in one mode, knows them: by an e-mail address, or else by a phone number."""

    scope: Scope
    email: str | None
    phone: str | None


# One after the other along ix_orders_customer_email and ix_orders_customer_phone.
_ORDERS_OF = """
SELECT k.place, o.id
FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::text[]) AS k (place, storefront_id, mode, address)
CROSS JOIN LATERAL (
    SELECT o.id FROM orders o
    WHERE o.storefront_id = k.storefront_id AND o.mode = k.mode AND {} = k.address
    ORDER BY o.id DESC LIMIT $5
) o
"""
_OF_EMAIL = _ORDERS_OF.format("lower(o.customer_email)")
_OF_PHONE = _ORDERS_OF.format("o.customer_phone")


async def latest_orders_of(tx: Tx, contacts: Sequence[Contact], *, most: int) -> dict[int, list[UUID]]:
    """The newest orders of each contact, so many at most, by the contact's place; without any it is left out."""
    email = [(place, one.scope, one.email.lower()) for place, one in enumerate(contacts) if one.email is not None]
    phone = [(place, one.scope, one.phone) for place, one in enumerate(contacts) if one.phone is not None]
    found: dict[int, list[UUID]] = {}
    for statement, wanted in ((_OF_EMAIL, email), (_OF_PHONE, phone)):
        if wanted:
            rows = [(place, scope.storefront_id, scope.mode, address) for place, scope, address in wanted]
            for row in await tx.raw.fetch(statement, *map(list, zip(*rows, strict=True)), most):
                found.setdefault(row["place"], []).append(row["id"])
    return found


async def orders_page(tx: Tx, asked: OrderFilter | CustomerSearch, window: Window) -> Page[HeldOrder]:
    """Orders of the transaction's storefront and mode, the newest first."""
    wanted = _of_scope(tx).where(*asked.conditions()).order_by(OrderRow.id.desc())
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(OrderRow.id < after[0])
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    lines = await lines_of(tx, [row.id for row in items])
    more = len(rows) > window.limit
    return Page([HeldOrder(row, lines[row.id]) for row in items], encode_cursor(items[-1].id) if more else None)


async def currencies_of(tx: Tx, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """The currency of each of these orders of the transaction's storefront and mode."""
    wanted = _of_scope(tx).where(OrderRow.id.in_(order_ids)).with_only_columns(OrderRow.id, OrderRow.currency)
    return {row.id: row.currency for row in await tx.session.execute(wanted)}


def _of_scope(tx: Tx) -> Select[OrderRow]:
    return select(OrderRow).where(OrderRow.storefront_id == tx.scope.storefront_id, OrderRow.mode == tx.scope.mode)
