"""Dispatches a parcel: it has been handed to the carrier, and the customer is told (SOP 4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import new_id
from tidings.kit.problem import InvalidInput
from tidings.milestones.follow import follow
from tidings.orders.errors import OrderOnHold
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import illegal
from tidings.shipments.catch_up import catch_up
from tidings.shipments.contents import Packed, gathered, overpacked
from tidings.shipments.load import Parcels, parcels_of
from tidings.shipments.schemas import Shipment
from tidings.shipments.tables import ShipmentRow

# A parcel may arrive before the next one leaves: the order is partially delivered then, and the rest still goes out.
_SHIPPABLE: Final = frozenset({"processing", "partially_shipped", "partially_delivered"})


@dataclass(frozen=True, slots=True)
class DispatchShipment:
    """This has left for the customer."""

    order_id: UUID | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    # Empty: all that is left.
    lines: Sequence[Packed]
    actor: str


async def dispatch_shipment(tx: Tx, command: DispatchShipment, *, now: datetime) -> Shipment:
    """Record the parcel, move the order on, and let the customer be told what is in it and what is still to come.

    Raises:
        NotFound: there is no such order.
        IllegalMove: it is not being processed, or everything has left already.
        OrderOnHold: an issue is open.
        InvalidInput: lines that there are not, or more than is left.
    """
    order = await order_for_update(tx, command.order_id)
    if order.row.status not in _SHIPPABLE:
        raise illegal(order, "Parcels are dispatched while the order is being processed or partly shipped.")
    if order.row.on_hold:
        raise OrderOnHold
    parcels = await parcels_of(tx, order)
    row = _row(command, order, _packed(command, parcels), now)
    tx.session.add(row)
    parcels.rows.append(row)
    catch_up(parcels, now)
    told = parcels.told(row)
    about = About(
        subject=told.id,
        data={"shipment": told.id, "carrier": row.carrier, "lines": row.lines},
        snapshot={"shipment": told.model_dump_json()},
    )
    await follow(tx, [fact_of(order, "shipment.dispatched", By(command.actor, now), about)])
    return told


def _packed(command: DispatchShipment, parcels: Parcels) -> list[Packed]:
    if not command.lines:
        everything = parcels.to_ship()
        if not everything:
            raise illegal(parcels.order, "Everything has left already.")
        return everything
    faults = overpacked(command.lines, parcels.left())
    if faults:
        raise InvalidInput(faults=faults)
    return gathered(command.lines)


def _row(command: DispatchShipment, order: HeldOrder, packed: Sequence[Packed], now: datetime) -> ShipmentRow:
    return ShipmentRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        status="dispatched",
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        tracking_url=command.tracking_url,
        lines=[{"line": item.line, "quantity": item.quantity} for item in packed],
        dispatched_at=now,
        delivered_at=None,
    )
