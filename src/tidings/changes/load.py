"""A request in hand, with all that its verbs need: the order (locked first), the row, the approvals, the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select

from tidings.changes.book import Book, books_of
from tidings.changes.errors import ChangeDecided, ChangeOvertaken
from tidings.changes.patch import Setting
from tidings.changes.rules import Hand
from tidings.changes.tables import ApprovalRow, ChangeRequestRow, RefundRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import Fault, NotFound
from tidings.orders.load import HeldOrder, order_for_update
from tidings.storefronts.policy import ChangePart
from tidings.storefronts.shopbook import shop_rules


@dataclass(slots=True)
class HeldRequest:
    """A request whose order is locked."""

    order: HeldOrder
    row: ChangeRequestRow
    approvals: list[ApprovalRow]
    book: Book
    refund: RefundRow | None = None

    @property
    def wire_id(self) -> str:
        """`chg_…`."""
        return wire("chg", self.row.id)

    @property
    def parts(self) -> tuple[ChangePart, ...]:
        """What it is about."""
        return parts_of(self.row)

    @property
    def requester(self) -> Hand:
        """Who put it in."""
        return Hand(self.row.actor, self.row.principal)


def parts_of(row: ChangeRequestRow) -> tuple[ChangePart, ...]:
    """What a request is about, as the policy names it."""
    return cast("tuple[ChangePart, ...]", tuple(row.parts))


async def request_for_update(tx: Tx, request_id: UUID | None) -> HeldRequest:
    """The request and its order, locked until the transaction ends: everything that changes a request starts here.

    Raises:
        NotFound: there is no such request in this storefront and mode.
    """
    order = await order_for_update(tx, await _order_of(tx, request_id))
    wanted = select(ChangeRequestRow).where(
        ChangeRequestRow.storefront_id == order.row.storefront_id,
        ChangeRequestRow.order_id == order.row.id,
        ChangeRequestRow.id == request_id,
    )
    row = (await tx.session.scalars(wanted.with_for_update())).one()
    books = await books_of(tx, row.storefront_id, [row.policy_version])
    return HeldRequest(order, row, await approvals_of(tx, row), books[row.policy_version])


async def _order_of(tx: Tx, request_id: UUID | None) -> UUID:
    wanted = select(ChangeRequestRow.order_id).where(
        ChangeRequestRow.storefront_id == tx.scope.storefront_id,
        ChangeRequestRow.mode == tx.scope.mode,
        ChangeRequestRow.id == request_id,
    )
    found = await tx.session.scalar(wanted) if request_id is not None else None
    if found is None:
        raise NotFound
    return found


async def approvals_of(tx: Tx, row: ChangeRequestRow) -> list[ApprovalRow]:
    """Who has said what so far, the first one first."""
    wanted = select(ApprovalRow).where(
        ApprovalRow.storefront_id == row.storefront_id,
        ApprovalRow.order_id == row.order_id,
        ApprovalRow.request_id == row.id,
    )
    return list(await tx.session.scalars(wanted.order_by(ApprovalRow.id)))


async def pending_of(tx: Tx, order: HeldOrder) -> list[ChangeRequestRow]:
    """The requests about an order that wait for their outcome, locked, the first one first."""
    wanted = select(ChangeRequestRow).where(
        ChangeRequestRow.storefront_id == order.row.storefront_id,
        ChangeRequestRow.order_id == order.row.id,
        ChangeRequestRow.status == "pending",
    )
    return list(await tx.session.scalars(wanted.order_by(ChangeRequestRow.id).with_for_update()))


def refuse_decided(held: HeldRequest) -> None:
    """Whoever comes second is told who was first.

    Raises:
        ChangeDecided: the request has its outcome.
    """
    row = held.row
    if row.status == "pending":
        return
    raise ChangeDecided(
        f"The request is {row.status} already: {row.decided_by} was first.",
        change_request=held.wire_id,
        change_status=row.status,
        decided_by=row.decided_by,
        decided_at=row.decided_at.isoformat() if row.decided_at is not None else None,
    )


async def setting_of(tx: Tx, order: HeldOrder, now: datetime) -> Setting:
    """By what the changed order is judged; the channel that it came by stays approved."""
    rules = await shop_rules(tx, order.row.storefront_id)
    rules = replace(rules, sales_channels=rules.sales_channels | ({order.row.sales_channel} - {""}))
    return Setting(rules, tx.scope.mode, now)


def overtaken(held: HeldRequest, detail: str, faults: Sequence[Fault] = ()) -> ChangeOvertaken:
    """The refusal to approve what is not possible any more."""
    return ChangeOvertaken(
        detail,
        faults=faults,
        change_request=held.wire_id,
        order_status=held.order.row.status,
        possible=["decline", "withdraw"],
    )
