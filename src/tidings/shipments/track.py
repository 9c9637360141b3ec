"""Takes in what a carrier says of a parcel, however late, however often, in whatever order.

It does so whatever the order's state: an open issue holds the shop, not the carrier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from tidings.issues.open import OpenIssue, open_issue
from tidings.issues.resolve import resolve_about
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.facts import FactKind
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, fact_of, order_for_update
from tidings.records.append import Entry, append
from tidings.shipments.catch_up import catch_up
from tidings.shipments.load import Parcels, parcels_of
from tidings.shipments.queries import order_of_shipment
from tidings.shipments.rules import moves
from tidings.shipments.schemas import Shipment
from tidings.shipments.states import ShipmentStatus
from tidings.shipments.tables import ShipmentEventRow, ShipmentRow

# How far a carrier's clock may be ahead of ours.
LEEWAY: Final = timedelta(minutes=5)

_FACTS: Final[Mapping[ShipmentStatus, FactKind]] = {
    "exception": "shipment.excepted",
    "returned": "shipment.returned",
    "delivered": "shipment.delivered",
}
# What somebody must settle before the shop goes on with the order.
_TROUBLE: Final = frozenset({"exception", "returned"})
_ENDED: Final = frozenset({"completed", "cancelled"})


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
    latest = events[-1].at if events else None
    # Whoever does not say when tells the newest; what was told before may be dated by a clock ahead of ours.
    at = command.at or max(now, latest or now)
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
    if command.status == "delivered":
        row.delivered_at = command.at or by.at
    catch_up(parcels, by.at)
    if parcels.order.row.on_hold:
        # Whatever held it up, it is on its way again, or at its end.
        await resolve_about(tx, parcels.order, "delivery_exception", wire("shp", row.id), by)
    told = parcels.told(row)
    about = About(
        subject=told.id,
        data={"shipment": told.id, "shipment_status": command.status},
        snapshot={"shipment": told.model_dump_json()},
    )
    await follow(tx, [fact_of(parcels.order, _FACTS.get(command.status, "shipment.moved"), by, about)])
    if command.status in _TROUBLE and parcels.order.row.status not in _ENDED:
        await open_issue(tx, parcels.order, _issue(told.id, command), by)


def _issue(shipment: str, command: TrackShipment) -> OpenIssue:
    """For staff to settle; the customer is told by the parcel's own message."""
    return OpenIssue(
        kind="delivery_exception", about=shipment, details=command.note, is_told=False, reason=command.status
    )


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
