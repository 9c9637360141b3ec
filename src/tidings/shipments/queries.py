"""Finds parcels."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.problem import NotFound
from tidings.shipments.tables import ShipmentEventRow, ShipmentRow


async def shipments_of(tx: Tx, order_id: UUID) -> Sequence[ShipmentRow]:
    """The parcels of an order of the transaction's storefront, the first one first."""
    wanted = select(ShipmentRow).where(
        ShipmentRow.storefront_id == tx.scope.storefront_id, ShipmentRow.order_id == order_id
    )
    return (await tx.session.scalars(wanted.order_by(ShipmentRow.id))).all()


async def order_of_shipment(tx: Tx, shipment_id: UUID | None) -> UUID:
    """The id of the order that a parcel belongs to, whichever mode it is of: the order's own query minds that.

    Raises:
        NotFound: there is no such parcel in this storefront.
    """
    wanted = select(ShipmentRow.order_id).where(
        ShipmentRow.storefront_id == tx.scope.storefront_id, ShipmentRow.id == shipment_id
    )
    order_id = (await tx.session.scalars(wanted)).one_or_none() if shipment_id is not None else None
    if order_id is None:
        raise NotFound
    return order_id


async def events_of(tx: Tx, order_id: UUID) -> dict[UUID, list[ShipmentEventRow]]:
    """What was said of each parcel of an order, by parcel, in the order in which it happened."""
    wanted = select(ShipmentEventRow).where(
        ShipmentEventRow.storefront_id == tx.scope.storefront_id, ShipmentEventRow.order_id == order_id
    )
    found: dict[UUID, list[ShipmentEventRow]] = {}
    for event in await tx.session.scalars(wanted.order_by(ShipmentEventRow.at, ShipmentEventRow.id)):
        found.setdefault(event.shipment_id, []).append(event)
    return found
