"""Where an order stands, and which way it may go: the SOP's order of things, as data."""

from typing import Literal, get_args

OrderStatus = Literal[
    "incomplete",  # received, but something is missing; completed by PATCH, or cancelled
    "received",  # complete; its confirmation is owed; waits for the payment and stock checks
    "processing",  # both checks passed; being made ready (again, when all that had left came back)
    "partially_shipped",  # some parcels are on their way, some lines are still here
    "shipped",  # everything is on its way
    "partially_delivered",  # some parcels have arrived; what will not come is taken off by a change request
    "delivered",  # everything has arrived; closed by completion
    "completed",  # closed, documents sent; kept for the retention period
    "cancelled",  # ended before it was done; kept for the retention period
]

CheckState = Literal["pending", "passed", "failed"]

ORDER_STATUSES: tuple[OrderStatus, ...] = get_args(OrderStatus)

# Status → where it may go, each with the verb that takes it there.
NEXT: dict[OrderStatus, dict[OrderStatus, str]] = {
    "incomplete": {"received": "complete", "cancelled": "cancel"},
    "received": {"processing": "pass both checks", "cancelled": "cancel"},
    "processing": {"partially_shipped": "ship a part", "shipped": "ship the rest", "cancelled": "cancel"},
    "partially_shipped": {
        "shipped": "ship the rest",
        "partially_delivered": "deliver a parcel",
        "delivered": "deliver the last parcel",
        "processing": "take the last parcel back",
        "cancelled": "cancel",
    },
    "shipped": {
        "partially_delivered": "deliver a parcel",
        "delivered": "deliver the last parcel",
        "partially_shipped": "take a parcel back",
        "processing": "take the last parcel back",
    },
    "partially_delivered": {"delivered": "deliver the last parcel"},
    "delivered": {"completed": "complete"},
    "completed": {},
    "cancelled": {},
}


def may_become(status: OrderStatus) -> tuple[OrderStatus, ...]:
    """Where an order of this status may go next."""
    return tuple(NEXT[status])
