"""Where a parcel is."""

from typing import Literal, get_args

ShipmentStatus = Literal[
    "dispatched",  # handed to the carrier
    "in_transit",  # the carrier has scanned it
    "out_for_delivery",  # on the van
    "exception",  # held up; the carrier says why, and the order has an issue until it moves on
    "delivered",  # at the customer's
    "returned",  # came back to the shop: what is in it counts as not shipped, and the order has an issue
]

SHIPMENT_STATUSES: tuple[ShipmentStatus, ...] = get_args(ShipmentStatus)

# A tracking event may be told late or twice; it moves the parcel only along these arrows.
NEXT: dict[ShipmentStatus, tuple[ShipmentStatus, ...]] = {
    "dispatched": ("in_transit", "out_for_delivery", "exception", "delivered", "returned"),
    "in_transit": ("out_for_delivery", "exception", "delivered", "returned"),
    "out_for_delivery": ("in_transit", "exception", "delivered", "returned"),
    "exception": ("in_transit", "out_for_delivery", "delivered", "returned"),
    "delivered": (),
    "returned": (),
}
