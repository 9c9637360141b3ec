"""Closes an order: everything has arrived, nothing more will be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import move


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """Close this order."""

    order_id: UUID | None
    actor: str


async def close_order(tx: Tx, command: CloseOrder, *, now: datetime) -> HeldOrder:
    """Complete a delivered order.

    Raises:
        NotFound: there is no such order.
        IllegalMove: it is not delivered, or has ended already.
        OrderOnHold: an issue is open.
    """
    order = await order_for_update(tx, command.order_id)
    move(order, "completed", now)
    await follow(tx, [fact_of(order, "order.closed", By(command.actor, now))])
    return order
