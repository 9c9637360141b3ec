"""Order receipt over HTTP: one order, or up to 500.

These two routes read the raw body once and answer ready bytes; FastAPI's own body and response machinery would cost
more than storing the order (docs/decisions/0008). What they take and give is declared all the same.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from fastapi import APIRouter, Request, Response

from tidings.kit.batching import Batcher, Overloaded
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.declared import body_of, problems
from tidings.kit.idempotency import REPLAYED, fingerprint, full_path, key_of
from tidings.kit.ids import wire
from tidings.kit.problem import Fault, InvalidInput, Problem
from tidings.kit.stretches import in_stretches
from tidings.kit.trace import current_traceparent
from tidings.orders.accuracy import has_catalogue
from tidings.orders.articles import articles_of_body, known_articles
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.orders.errors import NumberTaken, OrderNotStored
from tidings.orders.examples import ORDER, ORDERS
from tidings.orders.intake_schemas import BatchAnswer, PlaceOrders, ValidOrder
from tidings.orders.place import Placed, place_orders
from tidings.orders.placing import Placing
from tidings.orders.ports import Article, Catalogue
from tidings.orders.posted import posted_orders, written
from tidings.orders.prefer import is_lenient
from tidings.orders.recall import Refused, recall_answers
from tidings.orders.schemas import Order, PlaceOrder
from tidings.storefronts.access import orders_access
from tidings.storefronts.caller import Caller
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import ShopBook

router = APIRouter(tags=["orders"])

_JSON: Final = "application/json"
_SECURED: Final = [{"key": ["orders"]}]
_LENIENT_HEADER: Final = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`handling=lenient` stores an order that only lacks things as `incomplete` (202)",
    "schema": {"type": "string"},
}
_VALIDATE_PARAMETER: Final = {
    "name": "validate_only",
    "in": "query",
    "required": False,
    "description": "Check the order and store nothing (200)",
    "schema": {"type": "boolean", "default": False},
}


class Intake(Protocol):
    """What receipt needs of the running application."""

    begin: Begin
    clock: Clock
    shops: ShopBook
    # Orders that come in at the same time are stored together.
    placing: Batcher[Placing, Placed | Problem]
    # What the shops sell, for those that ask for accuracy.
    catalogue: Catalogue


@router.post(
    "/v1/orders",
    status_code=201,
    summary="Place an order",
    response_class=Response,
    responses={
        201: {"description": "Stored; its confirmation is owed from now on", "model": Order},
        202: {"description": "Stored as incomplete (`Prefer: handling=lenient`)", "model": Order},
        200: {"description": "Valid (`validate_only`); nothing was stored", "model": ValidOrder},
        **problems(InvalidInput, NumberTaken, OrderNotStored, Overloaded),
    },
    openapi_extra={
        "security": _SECURED,
        "requestBody": body_of(PlaceOrder, order={"summary": "An order with one line", "value": ORDER}),
        "parameters": [_LENIENT_HEADER, _VALIDATE_PARAMETER],
    },
)
async def place(request: Request) -> Response:
    """Check an order for completeness and accuracy and store it; from that commit on its confirmation is owed.

    Every fault is told at once. `number` is unique per storefront and mode; without one, tidings gives it.
    """
    caller = orders_access.admit(request)
    intake: Intake = request.app.state.runtime
    shop = intake.shops.kept(caller.scope.storefront_id) or await intake.shops.of(caller.scope.storefront_id)
    body, now = await request.body(), intake.clock.now()
    lenient = is_lenient(request.headers.getlist("prefer"))
    articles = await articles_of_body(intake.catalogue, caller.scope, body) if has_catalogue(shop) else None
    checked = check(body, shop, caller.scope.mode, now, lenient=lenient, articles=articles)
    if _wants_validation(request):
        return Response(_unstored(checked), media_type=_JSON)
    key = key_of(request)
    mark = fingerprint("POST", full_path(request), body) if key else b""
    if isinstance(checked, CheckedOrder):
        placing = Placing(
            scope=caller.scope, shop=shop, order=checked, actor=caller.actor,
            key=key, fingerprint=mark, trace=current_traceparent(),
        )  # fmt: skip
        outcome = await intake.placing.submit(placing)
    else:
        refused = Refused(InvalidInput(faults=checked), key, mark)
        (outcome,) = await recall_answers(intake.begin, caller.scope, [refused])
    if isinstance(outcome, Problem):
        raise outcome
    headers = {"Location": f"/v1/orders/{wire('ord', outcome.order_id)}", "ETag": '"1"'}
    if outcome.replayed:
        headers[REPLAYED] = "true"
    return Response(outcome.body, outcome.status, headers, media_type=_JSON)


@router.post(
    "/v1/orders/batch",
    summary="Place up to 500 orders",
    response_class=Response,
    responses={
        200: {"description": "An outcome for each order, in the order given", "model": BatchAnswer},
        **problems(InvalidInput),
    },
    openapi_extra={
        "security": _SECURED,
        "requestBody": body_of(PlaceOrders, orders={"summary": "Two orders", "value": ORDERS}),
        "parameters": [_LENIENT_HEADER],
    },
)
async def place_batch(request: Request) -> Response:
    """Place many orders at once; each has its own outcome, and a bad one harms no other.

    With an `Idempotency-Key`, each order is placed under that key and its place in the list: the same batch sent again
    is answered the same again, with `Idempotency-Replayed` if nothing of it had been left to store.
    """
    caller = orders_access.admit(request)
    intake: Intake = request.app.state.runtime
    shop = await intake.shops.of(caller.scope.storefront_id)
    batch = _Batch(request, caller, shop, intake)
    outcomes = await batch.placed(posted_orders(await request.body()))
    again = {outcome.replayed for outcome in outcomes if isinstance(outcome, Placed)} == {True}
    # To the letter what the first answer was; where something was left to store, what had been placed is marked.
    results = ",".join(_result(outcome, marked=not again) for outcome in outcomes)
    headers = {REPLAYED: "true"} if again else {}
    return Response(f'{{"results":[{results}]}}'.encode(), 200, headers, media_type=_JSON)


class _Batch:
    """One request with many orders."""

    def __init__(self, request: Request, caller: Caller, shop: ShopRules, intake: Intake) -> None:
        self._caller = caller
        self._shop = shop
        self._intake = intake
        self._now = intake.clock.now()
        self._lenient = is_lenient(request.headers.getlist("prefer"))
        self._key = key_of(request)
        self._trace = current_traceparent()
        self._articles: Mapping[str, Article] | None = None

    async def placed(self, orders: list[Any]) -> list[Placed | Problem]:
        if has_catalogue(self._shop):
            self._articles = await known_articles(self._intake.catalogue, self._caller.scope, orders)
        checks = [self._placing(n, order) async for n, order in in_stretches(list(enumerate(orders)))]
        good = [item for item in checks if isinstance(item, Placing)]
        bad = [item for item in checks if isinstance(item, Refused)]
        # Placed last: once they are stored, nothing may keep the answer from saying so.
        recalled = iter(await recall_answers(self._intake.begin, self._caller.scope, bad))
        placed = iter(await place_orders(good, begin=self._intake.begin, now=self._now))
        return [next(placed if isinstance(item, Placing) else recalled) for item in checks]

    def _placing(self, n: int, order: Any) -> Placing | Refused:
        raw = written(order)
        if not isinstance(raw, bytes):
            return Refused(raw)
        scope = self._caller.scope
        checked = check(raw, self._shop, scope.mode, self._now, lenient=self._lenient, articles=self._articles)
        # A key has no blank in it, so this one is nobody else's.
        key = f"{self._key} {n}" if self._key else None
        mark = fingerprint("POST", "/v1/orders/batch", raw) if self._key else b""
        if not isinstance(checked, CheckedOrder):
            return Refused(InvalidInput(faults=checked), key, mark)
        return Placing(
            scope=scope, shop=self._shop, order=checked, actor=self._caller.actor,
            key=key, fingerprint=mark, trace=self._trace,
        )  # fmt: skip


def _result(outcome: Placed | Problem, *, marked: bool) -> str:
    if isinstance(outcome, Problem):
        return json.dumps({"status": outcome.status, "problem": outcome.body()})
    replayed = ',"replayed":true' if outcome.replayed and marked else ""
    return f'{{"status":{outcome.status}{replayed},"order":{outcome.body}}}'


def _wants_validation(request: Request) -> bool:
    if not request.scope["query_string"]:
        return False
    wish = request.query_params.get("validate_only", "false").lower()
    if wish not in {"true", "false", "1", "0"}:
        raise InvalidInput(faults=[Fault("/query/validate_only", "must be true or false")])
    return wish in {"true", "1"}


def _unstored(order: CheckedOrder | list[Fault]) -> bytes:
    """What a valid order would be stored as, without an id."""
    if not isinstance(order, CheckedOrder):
        raise InvalidInput(faults=order)
    missing = [{"pointer": fault.pointer, "detail": fault.detail} for fault in order.missing]
    head = {"status": order.status, "missing": missing}
    return f"{json.dumps(head)[:-1]},{order.tail}".encode()
