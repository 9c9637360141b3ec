"""Orders after their receipt: read, find, correct, note, cancel. Receipt itself is in intake_routes.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from tidings.kit.addresses import Unusable, email_address
from tidings.kit.db import Begin
from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.fields import Instant
from tidings.kit.ids import parse, wire
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import Fault, InvalidInput, PreconditionFailed
from tidings.kit.stretches import in_stretches
from tidings.orders.accuracy import has_catalogue
from tidings.orders.amend import AmendOrder, amend_order
from tidings.orders.amendments import OrderChanges
from tidings.orders.articles import articles_of_change
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.contacts import phone_number
from tidings.orders.errors import IllegalMove, PreconditionRequired
from tidings.orders.load import HeldOrder, order_by_id
from tidings.orders.note import WriteNote, write_note
from tidings.orders.ports import Catalogue
from tidings.orders.precondition import is_named
from tidings.orders.queries import CustomerSearch, OrderFilter, orders_page
from tidings.orders.requests import Cancellation, Note, NoteToWrite, SearchOrders
from tidings.orders.schemas import Order
from tidings.orders.states import OrderStatus
from tidings.orders.timeline import Happening, timeline_of
from tidings.orders.told import order_told
from tidings.storefronts.access import (
    BeginDep,
    ListOf,
    NowDep,
    OnceDep,
    OperationsCaller,
    OrdersCaller,
    PageDep,
    ReadingCaller,
)
from tidings.storefronts.shopbook import ShopBook

router = APIRouter(prefix="/v1/orders", tags=["orders"])


@dataclass(frozen=True, slots=True)
class Desk:
    """What orders are changed with."""

    begin: Begin
    now: datetime
    shops: ShopBook
    catalogue: Catalogue


async def desk_of(request: Request, begin: BeginDep, now: NowDep) -> Desk:
    """The desk of this application."""
    runtime = request.app.state.runtime
    return Desk(begin, now, runtime.shops, runtime.catalogue)


DeskDep = Annotated[Desk, Depends(desk_of)]


async def asked_orders(
    status: Annotated[OrderStatus | None, Query(description="Only those that stand so")] = None,
    number: Annotated[str | None, Query(max_length=500, description="The one with this number")] = None,
    placed_after: Annotated[Instant | None, Query(description="Only those placed after this instant")] = None,
    placed_before: Annotated[Instant | None, Query(description="Only those placed before this instant")] = None,
    updated_after: Annotated[Instant | None, Query(description="Only those changed after this instant")] = None,
    on_hold: Annotated[bool | None, Query(description="Only those with, or without, an open issue")] = None,
) -> OrderFilter:
    """The filter in the query string."""
    return OrderFilter(status, number, placed_after, placed_before, updated_after, on_hold)


@router.get("", summary="Orders")
async def list_orders(
    caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: Annotated[OrderFilter, Depends(asked_orders)]
) -> ListOf[Order]:
    """Orders of the key's storefront and mode, the newest receipt first."""
    async with begin.reading(caller.scope) as tx:
        found = await orders_page(tx, asked, page.window)
    return page.answer(found, await _told(found.items))


@router.post("/search", status_code=200, response_model=ListOf[Order], summary="Orders of a customer")
async def search_orders(wanted: SearchOrders, caller: ReadingCaller, once: OnceDep) -> Response:
    """Orders by e-mail address, phone number or name, the newest first: personal data stays out of URLs."""
    window = Window(wanted.limit, None if wanted.cursor is None else decode_cursor(wanted.cursor))
    search = CustomerSearch(_mailbox(wanted.email), _number(wanted.phone), wanted.name)
    async with once(caller) as tx:
        found = await orders_page(tx, search, window)
        return once.answer(200, ListOf[Order](items=await _told(found.items), next_cursor=found.next_cursor))


def _mailbox(text: str | None) -> str | None:
    """As orders have it, with its domain in ASCII; what no order could have is looked for as it was given."""
    try:
        return None if text is None else email_address(text, test=True)
    except Unusable:
        return text


def _number(text: str | None) -> str | None:
    try:
        return None if text is None else phone_number(text, None)
    except Unusable as fault:
        raise InvalidInput(faults=[Fault("/phone", str(fault))]) from fault


async def _told(orders: Sequence[HeldOrder]) -> list[Order]:
    return [order_told(order.row, order.lines) async for order in in_stretches(orders)]


@router.get(
    "/{order_id}",
    response_model=Order,
    responses={304: {"description": "It still is the version that `If-None-Match` names"}},
    summary="One order",
)
async def read_order(
    order_id: str,
    caller: ReadingCaller,
    begin: BeginDep,
    if_none_match: Annotated[str | None, Header(description="The ETag of what is at hand already")] = None,
) -> Response:
    """An order, and where it stands. Its `ETag` is what a change of it needs in `If-Match`."""
    async with begin.reading(caller.scope) as tx:
        order = await order_by_id(tx, parse("ord", order_id))
    if if_none_match is not None and is_named(if_none_match, order.row.version):
        return Response(status_code=304, headers={"ETag": etag(order.row.version)})
    return _answer(order)


def _answer(order: HeldOrder) -> Response:
    headers = {"ETag": etag(order.row.version)}
    return Response(order.json().encode(), media_type="application/json", headers=headers)


@router.patch(
    "/{order_id}",
    response_model=Order,
    responses=problems(PreconditionRequired, PreconditionFailed, IllegalMove),
    summary="Complete or correct an order",
)
async def amend(
    order_id: str,
    changes: OrderChanges,
    caller: OrdersCaller,
    desk: DeskDep,
    if_match: Annotated[str | None, Header(description="The order's ETag as last read; required")] = None,
) -> Response:
    """Lay a JSON Merge Patch upon the order; the whole of it is checked anew.

    An incomplete order takes anything that it lacks: with the last of it, it is received, and its confirmation is
    owed. A complete one takes corrections by staff: customer, addresses, estimated delivery, metadata.
    """
    patch, wanted, articles = changes.model_dump(mode="json", exclude_unset=True), parse("ord", order_id), None
    if has_catalogue(await desk.shops.of(caller.scope.storefront_id)):
        articles = await articles_of_change(desk.catalogue, desk.begin, caller.scope, wanted, patch)
    async with desk.begin(caller.scope) as tx:
        order = await amend_order(tx, AmendOrder(wanted, patch, if_match, caller.actor, articles), now=desk.now)
        return _answer(order)


@router.get("/{order_id}/timeline", summary="All that happened")
async def read_timeline(order_id: str, caller: ReadingCaller, begin: BeginDep, page: PageDep) -> ListOf[Happening]:
    """Everything that happened to the order, in its order: facts, messages, what providers said, notes."""
    async with begin.reading(caller.scope) as tx:
        found = await timeline_of(tx, parse("ord", order_id), page.window)
    return page.answer(found)


@router.post("/{order_id}/notes", status_code=201, response_model=Note, summary="Write a note")
async def add_note(order_id: str, note: NoteToWrite, caller: OperationsCaller, once: OnceDep, now: NowDep) -> Response:
    """Write down what staff want to remember; it shows in the timeline, and the customer never sees it."""
    async with once(caller) as tx:
        row = await write_note(tx, WriteNote(parse("ord", order_id), note.text, caller.actor), now=now)
        written = Note(
            id=wire("nte", row.id),
            order_id=wire("ord", row.order_id),
            actor=row.actor,
            text=row.text,
            written_at=row.written_at,
        )
        return once.answer(201, written)


@router.post(
    "/{order_id}/cancellation",
    status_code=200,
    response_model=Order,
    responses=problems(IllegalMove),
    summary="Cancel an order",
)
async def cancel(
    order_id: str, cancellation: Cancellation, caller: OrdersCaller, once: OnceDep, now: NowDep
) -> Response:
    """The shop's own cancellation, as long as not everything is on its way. A customer's wish is a change request."""
    async with once(caller) as tx:
        command = CancelOrder(parse("ord", order_id), cancellation.reason, caller.actor)
        order = await cancel_order(tx, command, now=now)
        return once.answer(200, order.json().encode(), headers={"ETag": etag(order.row.version)})
