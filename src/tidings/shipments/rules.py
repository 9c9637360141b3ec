"""When a tracking event moves a parcel, and what the parcels make of the order. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tidings.orders.states import OrderStatus
from tidings.shipments.states import NEXT, ShipmentStatus

# Statuses of an order that follow from where its parcels are.
_FOLLOWING: Final[frozenset[OrderStatus]] = frozenset(
    {"processing", "partially_shipped", "shipped", "partially_delivered"}
)


def moves(current: ShipmentStatus, latest: datetime | None, status: ShipmentStatus, at: datetime) -> bool:
    """Whether an event moves the parcel.

    Carriers tell late and out of order: an event that is older than what is known already only counts when it is the
    end of the journey.

    Args:
        current: where the parcel is.
        latest: when the newest event so far happened; None when there is none.
        status: where the event says that it is.
        at: when that happened.
    """
    if status not in NEXT[current]:
        return False
    return latest is None or at >= latest or not NEXT[status]


def status_after(status: OrderStatus, parcels: Iterable[str], *, is_all_shipped: bool) -> OrderStatus:
    """What its parcels make of an order.

    A parcel that came back counts as if it had never left. Once something has arrived, the order stays partially
    delivered until all of it has.

    Args:
        status: what the order is now.
        parcels: where each of its parcels is.
        is_all_shipped: nothing is left here, or back here.
    """
    if status not in _FOLLOWING:
        return status
    out = [parcel for parcel in parcels if parcel != "returned"]
    arrived = out.count("delivered")
    if arrived and arrived == len(out) and is_all_shipped:
        return "delivered"
    if arrived or status == "partially_delivered":
        return "partially_delivered"
    if not out:
        return "processing"
    return "shipped" if is_all_shipped else "partially_shipped"
