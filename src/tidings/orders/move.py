"""The one place where an order's status changes: along the arrows of `states.NEXT`, and no other way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import HeldOrder
from tidings.orders.states import OrderStatus, may_become

# What is done instead, where nobody would guess it.
_WAYS_ON: Final[Mapping[OrderStatus, str]] = {
    "partially_delivered": "A part of it has arrived. What has not, and will not be sent (again), is taken off by a"
    " change request for fewer `lines`; the order is delivered then.",
}


def move(order: HeldOrder, to: OrderStatus, at: datetime, *, despite_hold: bool = False) -> None:
    """Let the order become what it may become.

    Args:
        order: in hand.
        to: what it becomes.
        at: when.
        despite_hold: True for what others do and an open issue cannot stop: the carrier, or the customer who tells
            what was missing. A hold holds the shop.

    Raises:
        IllegalMove: its status does not lead there.
        OrderOnHold: an open issue holds it; of what the shop does, only a cancellation is possible then.
    """
    if to not in may_become(status_of(order)):
        raise illegal(order)
    if order.row.on_hold and not despite_hold and to != "cancelled":
        raise OrderOnHold
    order.row.status = to
    order.touch(at)


def status_of(order: HeldOrder) -> OrderStatus:
    """The order's status as a word of `states`."""
    return cast("OrderStatus", order.row.status)


def illegal(order: HeldOrder, detail: str | None = None) -> IllegalMove:
    """The refusal of what the order's status does not allow."""
    return IllegalMove(
        detail or _WAYS_ON.get(status_of(order)),
        order_status=order.row.status,
        allowed=list(may_become(status_of(order))),
    )
