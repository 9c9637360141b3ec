"""Parcels: dispatched, tracked, looked at."""

from fastapi import APIRouter, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import order_by_id
from tidings.shipments.contents import Packed
from tidings.shipments.dispatch import DispatchShipment, dispatch_shipment
from tidings.shipments.load import parcels_of
from tidings.shipments.queries import order_of_shipment
from tidings.shipments.schemas import EventToTell, Shipment, ShipmentToDispatch
from tidings.shipments.track import TrackShipment, track_shipment
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OrdersCaller, PageDep, ReadingCaller

router = APIRouter(prefix="/v1", tags=["shipments"])


@router.post(
    "/orders/{order_id}/shipments",
    status_code=201,
    response_model=Shipment,
    responses=problems(IllegalMove, OrderOnHold),
    summary="Dispatch a parcel",
)
async def dispatch(
    order_id: str, parcel: ShipmentToDispatch, caller: OrdersCaller, once: OnceDep, now: NowDep
) -> Response:
    """A parcel has left: with the lines that are named, or with all that is left. The customer is told."""
    command = DispatchShipment(
        order_id=parse("ord", order_id),
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        lines=[Packed(item.line, item.quantity) for item in parcel.lines or ()],
        actor=caller.actor,
    )
    async with once(caller) as tx:
        told = await dispatch_shipment(tx, command, now=now)
        return once.answer(201, told, headers={"Location": f"/v1/shipments/{told.id}"})


@router.get("/orders/{order_id}/shipments", summary="An order's parcels")
async def list_shipments(order_id: str, caller: ReadingCaller, begin: BeginDep, page: PageDep) -> ListOf[Shipment]:
    """The parcels of the order, the first one first."""
    async with begin.reading(caller.scope) as tx:
        parcels = await parcels_of(tx, await order_by_id(tx, parse("ord", order_id)))
    found = parcels.page(page.window)
    return page.answer(found, [parcels.told(row) for row in found.items])


@router.get("/shipments/{shipment_id}", summary="One parcel")
async def read_shipment(shipment_id: str, caller: ReadingCaller, begin: BeginDep) -> Shipment:
    """A parcel, where it is, and all that its carrier said."""
    wanted = parse("shp", shipment_id)
    async with begin.reading(caller.scope) as tx:
        parcels = await parcels_of(tx, await order_by_id(tx, await order_of_shipment(tx, wanted)))
    (row,) = [row for row in parcels.rows if row.id == wanted]
    return parcels.told(row)


@router.post(
    "/shipments/{shipment_id}/events",
    status_code=201,
    response_model=Shipment,
    responses={200: {"model": Shipment, "description": "The event was known already; nothing changed"}},
    summary="Tell what the carrier says",
)
async def track(shipment_id: str, told: EventToTell, caller: OrdersCaller, once: OnceDep, now: NowDep) -> Response:
    """A tracking event, kept whatever it says. Late ones move nothing; the last parcel's arrival delivers the order."""
    command = TrackShipment(parse("shp", shipment_id), told.status, told.at, told.note, caller.actor)
    async with once(caller) as tx:
        tracked = await track_shipment(tx, command, now=now)
        return once.answer(201 if tracked.is_new else 200, tracked.shipment)
