"""Orders as verbs and reads take them in hand: the row, its lines, and what they are told as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.kit.trace import current_traceparent
from tidings.milestones.facts import Fact, FactKind, Party
from tidings.orders.tables import OrderLineRow, OrderRow
from tidings.orders.told import order_json
from tidings.records.words import Words
from tidings.storefronts.kinds import Milestone


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and when."""

    actor: str
    at: datetime


@dataclass(slots=True)
class HeldOrder:
    """An order in hand: read, and locked if it is about to change."""

    row: OrderRow
    lines: Sequence[OrderLineRow]

    @property
    def wire_id(self) -> str:
        """`ord_…`."""
        return wire("ord", self.row.id)

    def json(self) -> str:
        """The order as the API answers it."""
        return order_json(self.row, self.lines)

    def touch(self, at: datetime) -> None:
        """It was changed: a new version, so that an older ETag does not match any more."""
        self.row.version += 1
        self.row.updated_at = at


@dataclass(frozen=True, slots=True)
class About:
    """What a fact about an order tells beside the order itself."""

    # Wire id; the order's own when there is nothing else that it is about.
    subject: str | None = None
    # For the record: ids, figures and words of our own, no personal data.
    data: Mapping[str, Any] = field(default_factory=dict)
    # Further members of the snapshot, as JSON text: {"shipment": "{…}"}.
    snapshot: Mapping[str, str] = field(default_factory=dict)
    # Milestones that somebody is told of otherwise (facts.Fact.untold).
    untold: frozenset[Milestone] = frozenset()
    # What somebody wrote about it (facts.Fact.words).
    words: Words | None = None


_NOTHING_ELSE = About()


def fact_of(order: HeldOrder, kind: FactKind, by: By, about: About = _NOTHING_ELSE) -> Fact:
    """A fact about an order whose row is locked, as it stands now; takes the next place among its facts."""
    row = order.row
    row.last_seq += 1
    members = {"order": order.json(), **about.snapshot}
    return Fact(
        kind=kind,
        scope=Scope(row.storefront_id, "live" if row.mode == "live" else "test"),
        order_id=row.id,
        order_seq=row.last_seq,
        subject=about.subject or order.wire_id,
        at=by.at,
        actor=by.actor,
        snapshot="{" + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}",
        party=party_of(row),
        data={"status": row.status, **about.data},
        words=about.words,
        untold=about.untold,
        trace=current_traceparent(),
    )


def party_of(row: OrderRow) -> Party:
    """The customer as far as reaching them goes."""
    customer = row.details.get("customer") or {}
    return Party(
        name=row.customer_name,
        email=row.customer_email,
        phone=row.customer_phone,
        devices=customer.get("devices") or (),
        preferred_channel=customer.get("preferred_channel"),
        locale=row.locale,
        time_zone=row.time_zone,
        notify=row.notify,
    )


async def order_for_update(tx: Tx, order_id: UUID | None) -> HeldOrder:
    """The order, locked until the transaction ends: everything that changes an order goes through here.

    Raises:
        NotFound: there is no such order in this storefront and mode.
    """
    return await _held(tx, _wanted(tx, order_id).with_for_update(), order_id)


async def order_by_id(tx: Tx, order_id: UUID | None) -> HeldOrder:
    """The order, to look at.

    Raises:
        NotFound: there is no such order in this storefront and mode.
    """
    return await _held(tx, _wanted(tx, order_id), order_id)


async def _held(tx: Tx, wanted: Select[OrderRow], order_id: UUID | None) -> HeldOrder:
    row = (await tx.session.scalars(wanted)).one_or_none() if order_id is not None else None
    if row is None:
        raise NotFound
    return HeldOrder(row, (await lines_of(tx, [row.id]))[row.id])


def _wanted(tx: Tx, order_id: UUID | None) -> Select[OrderRow]:
    return select(OrderRow).where(
        OrderRow.storefront_id == tx.scope.storefront_id, OrderRow.mode == tx.scope.mode, OrderRow.id == order_id
    )


async def lines_of(tx: Tx, order_ids: Sequence[UUID]) -> dict[UUID, list[OrderLineRow]]:
    """The lines of these orders, each order's in their order; an empty list for one that has none (yet)."""
    found: dict[UUID, list[OrderLineRow]] = {order_id: [] for order_id in order_ids}
    wanted = select(OrderLineRow).where(
        OrderLineRow.storefront_id == tx.scope.storefront_id, OrderLineRow.order_id.in_(order_ids)
    )
    for line in await tx.session.scalars(wanted.order_by(OrderLineRow.order_id, OrderLineRow.line)):
        found[line.order_id].append(line)
    return found
