"""Cancels an order: the shop's own decision. What a customer asks for is a change request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.chores import drop_all_chores
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import move


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel this order."""

    order_id: UUID | None
    reason: str
    actor: str


async def cancel_order(tx: Tx, command: CancelOrder, *, now: datetime) -> HeldOrder:
    """Cancel an order that nothing has left for yet, or only a part.

    Raises:
        NotFound: there is no such order.
        IllegalMove: everything is on its way already, or the order has ended.
    """
    order = await order_for_update(tx, command.order_id)
    move(order, "cancelled", now)
    by = By(command.actor, now)
    await follow(tx, [fact_of(order, "order.cancelled", by, About(data={"reason": command.reason}))])
    await drop_all_chores(tx, order, why="the order was cancelled", now=now)
    return order
