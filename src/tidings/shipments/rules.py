"""When a tracking event moves a parcel, and what the parcels make of the order. Pure."""

from collections.abc import Iterable
from datetime import datetime

from tidings.shipments.states import NEXT, ShipmentStatus


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


def has_all_arrived(parcels: Iterable[str], *, is_all_shipped: bool) -> bool:
    """Whether the customer has everything."""
    return is_all_shipped and all(status == "delivered" for status in parcels)
