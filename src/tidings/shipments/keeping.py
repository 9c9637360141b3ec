"""What parcels know of people: whoever has the tracking number learns where one of them lives."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.shipments.tables import ShipmentEventRow, ShipmentRow

KEEPING: Final = (
    Keeping(
        table=ShipmentRow.__table__,
        kind="orders",
        plain=("status", "carrier", "lines"),
        personal={"tracking_number": "NULL", "tracking_url": "NULL"},
    ),
    Keeping(table=ShipmentEventRow.__table__, kind="orders", plain=("status",), personal={"note": "NULL"}),
)
