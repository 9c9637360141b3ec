"""Orders that are being processed, and what is done with their parcels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import parse
from tidings.orders.load import HeldOrder, order_by_id
from tidings.shipments.contents import Packed
from tidings.shipments.dispatch import DispatchShipment, dispatch_shipment
from tidings.shipments.schemas import Shipment
from tidings.shipments.states import ShipmentStatus
from tidings.shipments.track import Tracked, TrackShipment, track_shipment

PRICE = {"amount": 1000, "currency": "EUR"}
LINES = [
    {"sku": "TEA", "name": "Tea", "quantity": 3, "unit_price": PRICE},
    {"sku": "POT", "name": "Pot", "quantity": 1, "unit_price": PRICE},
]


def body(*lines: dict[str, Any]) -> dict[str, Any]:
    """An order of these lines."""
    total = sum(line["quantity"] * 1000 for line in lines)
    return order_body(lines=list(lines), shipping=None, total={"amount": total, "currency": "EUR"})


class Desk:
    """Sends parcels of one shop's orders."""

    def __init__(self, begin: Begin, shop: Shop, clock: FixedClock) -> None:
        self.begin, self.shop, self.clock = begin, shop, clock

    async def order(self, *lines: dict[str, Any], **columns: Any) -> UUID:
        """The id of an order that is being processed."""
        made = body(*(lines or LINES))
        return await placed(self.begin, self.shop, self.clock, made, **({"status": "processing"} | columns))

    async def send(self, order_id: UUID, *lines: tuple[int, int], **more: Any) -> Shipment:
        """A parcel."""
        told = {"carrier": "DHL", "tracking_number": "1", "tracking_url": "https://carrier.example/1"} | more
        command = DispatchShipment(order_id, lines=[Packed(*line) for line in lines], actor="staff/7", **told)
        async with self.begin(self.shop.scope) as tx:
            return await dispatch_shipment(tx, command, now=self.clock.now())

    async def told(
        self, shipment: Shipment, status: ShipmentStatus, at: datetime | None = None, note: str | None = None
    ) -> Tracked:
        """What the carrier says."""
        command = TrackShipment(parse("shp", shipment.id), status, at, note, "carrier")
        async with self.begin(self.shop.scope) as tx:
            return await track_shipment(tx, command, now=self.clock.now())

    async def look(self, order_id: UUID) -> HeldOrder:
        """The order as it stands."""
        async with self.begin.reading(self.shop.scope) as tx:
            return await order_by_id(tx, order_id)

    async def status(self, order_id: UUID) -> str:
        """Where the order stands."""
        return (await self.look(order_id)).row.status
