"""Takes in what a carrier says of a parcel, however late, however often, in whatever order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.facts import FactKind
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, fact_of, order_for_update
from tidings.orders.move import move
from tidings.records.append import Entry, append
from tidings.shipments.load import Parcels, parcels_of
from tidings.shipments.queries import order_of_shipment
from tidings.shipments.rules import has_all_arrived, moves
from tidings.shipments.schemas import Shipment
from tidings.shipments.states import ShipmentStatus
from tidings.shipments.tables import ShipmentEventRow, ShipmentRow

# How far a carrier's clock may be ahead of ours.
LEEWAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TrackShipment:
    """The parcel was there at that time."""

    shipment_id: UUID | None
    status: ShipmentStatus
    # None: now.
    at: datetime | None
    note: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """The parcel after the event, and whether the event was news."""

    shipment: Shipment
    is_new: bool


async def track_shipment(tx: Tx, command: TrackShipment, *, now: datetime) -> Tracked:
    """Keep the event; let it move the parcel, and the parcel's arrival the order, if it does.

    The same status at the same time is the same event: told again, it changes nothing.

    Raises:
        NotFound: there is no such parcel.
        InvalidInput: it lies ahead.
    """
    if command.at is not None and command.at > now + LEEWAY:
        raise InvalidInput(faults=[Fault("/at", "lies more than 5 minutes ahead")])
    order = await order_for_update(tx, await order_of_shipment(tx, command.shipment_id))
    parcels = await parcels_of(tx, order)
    (row,) = [row for row in parcels.rows if row.id == command.shipment_id]
    events = parcels.events.setdefault(row.id, [])
    if _is_known(command, row, events):
        return Tracked(parcels.told(row), is_new=False)
    at = command.at or now
    latest = events[-1].at if events else None
    _keep(tx, events, _event(row, command, at, now))
    if moves(cast("ShipmentStatus", row.status), latest, command.status, at):
        await _moved(tx, parcels, row, command, By(command.actor, now))
    else:
        await append(tx, _too_late(tx, row, command, now))
    return Tracked(parcels.told(row), is_new=True)


def _is_known(command: TrackShipment, row: ShipmentRow, events: Sequence[ShipmentEventRow]) -> bool:
    if command.at is None:
        # Whoever does not say when, tells how it stands.
        return command.status == row.status
    return any(event.status == command.status and event.at == command.at for event in events)


def _event(row: ShipmentRow, command: TrackShipment, at: datetime, now: datetime) -> ShipmentEventRow:
    return ShipmentEventRow(
        storefront_id=row.storefront_id,
        order_id=row.order_id,
        id=new_id(),
        shipment_id=row.id,
        status=command.status,
        at=at,
        note=command.note,
        received_at=now,
    )


def _keep(tx: Tx, events: list[ShipmentEventRow], event: ShipmentEventRow) -> None:
    tx.session.add(event)
    events.append(event)
    events.sort(key=lambda one: one.at)


async def _moved(tx: Tx, parcels: Parcels, row: ShipmentRow, command: TrackShipment, by: By) -> None:
    row.status = command.status
    is_there = command.status == "delivered"
    if is_there:
        row.delivered_at = command.at or by.at
        _arrive(parcels, by.at)
    told = parcels.told(row)
    about = About(
        subject=told.id,
        data={"shipment": told.id, "shipment_status": command.status},
        snapshot={"shipment": told.model_dump_json()},
    )
    kind: FactKind = "shipment.delivered" if is_there else "shipment.moved"
    await follow(tx, [fact_of(parcels.order, kind, by, about)])


def _arrive(parcels: Parcels, at: datetime) -> None:
    """What a parcel's arrival makes of the order; one that is on hold, or has ended, stays what it is."""
    order = parcels.order
    if order.row.on_hold:
        return
    has_all = has_all_arrived((row.status for row in parcels.rows), is_all_shipped=not parcels.to_ship())
    if has_all and order.row.status in {"shipped", "partially_delivered"}:
        move(order, "delivered", at)
    elif not has_all and order.row.status in {"shipped", "partially_shipped"}:
        move(order, "partially_delivered", at)


def _too_late(tx: Tx, row: ShipmentRow, command: TrackShipment, now: datetime) -> Entry:
    """Recorded all the same: a carrier's word that moved nothing."""
    shipment = wire("shp", row.id)
    return Entry(
        storefront_id=row.storefront_id,
        order_id=row.order_id,
        mode=tx.scope.mode,
        kind="tracking_event.received",
        subject=shipment,
        actor=command.actor,
        at=now,
        data={"shipment": shipment, "told": command.status, "stays": row.status},
    )
