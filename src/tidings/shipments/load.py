"""The parcels of an order in hand: what they hold, what is left, how each is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.page import Page, Window, encode_cursor
from tidings.orders.load import HeldOrder
from tidings.shipments.contents import Ordered, Packed, left, to_ship
from tidings.shipments.queries import events_of, shipments_of
from tidings.shipments.schemas import Shipment, ShippedLine, TrackingEvent
from tidings.shipments.tables import ShipmentEventRow, ShipmentRow


@dataclass(slots=True)
class Parcels:
    """An order's parcels, with the order itself."""

    order: HeldOrder
    rows: list[ShipmentRow]
    events: dict[UUID, list[ShipmentEventRow]]

    def ordered(self) -> list[Ordered]:
        """The order's lines, as far as shipping goes."""
        return [
            Ordered(line.line, line.sku, line.name, line.quantity, line.kind == "product") for line in self.order.lines
        ]

    def left(self) -> dict[int, int]:
        """How many of each line are in no parcel, or in one that came back."""
        gone = (packed for row in self.rows if row.status != "returned" for packed in packed_in(row))
        return left(self.ordered(), gone)

    def to_ship(self) -> list[Packed]:
        """What still has to go out."""
        return to_ship(self.ordered(), self.left())

    def page(self, window: Window) -> Page[ShipmentRow]:
        """A stretch of them: an order has few, so they are cut here."""
        after = window.key(UUID)
        rows = [row for row in self.rows if after is None or row.id > after[0]]
        items = rows[: window.limit]
        return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)

    def told(self, row: ShipmentRow) -> Shipment:
        """One of the parcels as the API answers it."""
        lines = {line.line: line for line in self.ordered()}
        return Shipment(
            id=wire("shp", row.id),
            order_id=wire("ord", row.order_id),
            status=row.status,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            tracking_url=row.tracking_url,
            lines=[_packed_told(packed, lines) for packed in row.lines],
            remaining=_told(self.to_ship(), lines),
            dispatched_at=row.dispatched_at,
            delivered_at=row.delivered_at,
            events=[_event(event) for event in self.events.get(row.id, ())],
        )


async def parcels_of(tx: Tx, order: HeldOrder) -> Parcels:
    """All parcels of an order."""
    return Parcels(order, list(await shipments_of(tx, order.row.id)), await events_of(tx, order.row.id))


def packed_in(row: ShipmentRow) -> Sequence[Packed]:
    """What is in a parcel."""
    return [Packed(line["line"], line["quantity"]) for line in row.lines]


def _told(packed: Iterable[Packed], lines: Mapping[int, Ordered]) -> list[ShippedLine]:
    return [
        ShippedLine(line=p.line, sku=lines[p.line].sku, name=lines[p.line].name, quantity=p.quantity) for p in packed
    ]


def _packed_told(packed: Mapping[str, Any], lines: Mapping[int, Ordered]) -> ShippedLine:
    """What of one line is in a parcel; of one that was taken off the order, by what it left (part_with.py)."""
    if "sku" in packed:
        return ShippedLine.model_validate(packed)
    line = lines[packed["line"]]
    return ShippedLine(line=line.line, sku=line.sku, name=line.name, quantity=packed["quantity"])


def _event(row: ShipmentEventRow) -> TrackingEvent:
    return TrackingEvent(status=row.status, at=row.at, note=row.note, received_at=row.received_at)
