"""The sample shop's calls."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.clock import FixedClock
from tidings.cli.dev.shop import Placed, Shop, StepFailed, sample_order
from tidings.cli.listening import address_of, listen, serve_until

ORDER = Placed("ord_1", "T-1")


class Api:
    """Answers everything, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, object]]] = []
        self.keys: list[str] = []
        self.actors: list[str] = []
        self.status = 200
        self.items: list[dict[str, object]] = []
        self.file = b"%PDF-1.7"
        self.sent: list[tuple[str, str]] = []

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append((request.method, request.url.path, json.loads(body) if body else {}))
        self.keys.append(request.headers.get("idempotency-key", ""))
        self.actors.append(request.headers.get("tidings-actor", ""))
        assert request.headers["authorization"] == "Bearer td_test_key"
        if request.url.path.endswith("/content"):
            return Response(self.file)
        return JSONResponse({"id": "x_1", "number": "T-1", "items": self.items, "next_cursor": None}, self.status)

    async def page(self, request: Request) -> Response:
        """What a customer sees: no key is needed, and none is shown."""
        assert "authorization" not in request.headers
        self.sent.append((request.method, (await request.body()).decode()))
        return Response("How was it?", self.status)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def shop(api: Api, clock: FixedClock) -> AsyncIterator[Shop]:
    stop, listener = asyncio.Event(), listen("127.0.0.1", 0)
    app = Starlette(
        routes=[
            Route("/f/{token}", api.page, methods=["GET", "POST"]),
            Route("/{path:path}", api.answer, methods=["GET", "POST", "PUT"]),
        ]
    )
    made = Shop(address_of(listener), "td_test_key", clock.now)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_until(stop, app, listener))
        yield made
        await made.close()
        stop.set()


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_a_sample_order_is_a_new_one_for_a_reachable_customer(channel: str, clock: FixedClock):
    body = sample_order(channel, clock.now())
    assert "number" not in body
    assert body["customer"]["preferred_channel"] == channel
    assert bool(body["customer"].get("devices")) is (channel == "push")
    first, last = body["estimated_delivery"]["from"], body["estimated_delivery"]["to"]
    assert clock.now().date() < date.fromisoformat(first) < date.fromisoformat(last)


async def test_every_step_is_one_call_and_posts_have_keys_of_their_own(shop: Shop, api: Api):
    await shop.stock_up()
    await shop.place("email")
    await shop.check(ORDER)
    issue = await shop.open_issue(ORDER, "address_problem", "no such house", "tell us")
    await shop.resolve(issue, "told")
    request = await shop.ask(ORDER, "modification", "moving", {"shipping_address": {"line1": "Chausseestr. 5"}})
    await shop.approve(request, "nothing has left", actor="staff/anna")
    parcel = await shop.ship(ORDER, (1, 1))
    await shop.deliver(parcel)
    await shop.complete(ORDER)
    assert [(method, path) for method, path, _ in api.asked] == [
        ("POST", "/v1/stock/TEA-01/movements"),
        ("POST", "/v1/orders"),
        ("PUT", "/v1/orders/ord_1/payment-check"),
        ("PUT", "/v1/orders/ord_1/stock-check"),
        ("POST", "/v1/orders/ord_1/issues"),
        ("POST", "/v1/issues/x_1/resolution"),
        ("POST", "/v1/orders/ord_1/change-requests"),
        ("POST", "/v1/change-requests/x_1/decision"),
        ("POST", "/v1/orders/ord_1/shipments"),
        ("POST", "/v1/shipments/x_1/events"),
        ("POST", "/v1/orders/ord_1/completion"),
    ]
    posted = [key for key in api.keys if key]
    assert len(set(posted)) == len(posted) == 9
    assert [actor for actor in api.actors if actor] == ["staff/clerk", "staff/anna"]


async def test_it_looks_at_all_that_there_is_about_an_order(shop: Shop, api: Api):
    assert await shop.timeline(ORDER) == []
    assert await shop.messages(ORDER) == []
    assert await shop.deadlines(ORDER) == []
    assert await shop.refunds(ORDER) == []
    assert (await shop.read(ORDER))["number"] == "T-1"
    assert [path for _, path, _ in api.asked] == [
        "/v1/orders/ord_1/timeline",
        "/v1/orders/ord_1/messages",
        "/v1/deadlines",
        "/v1/refunds",
        "/v1/orders/ord_1",
    ]


async def test_its_documents_are_opened_and_held_against_their_hash(shop: Shop, api: Api):
    digest = hashlib.sha256(api.file).hexdigest()
    api.items = [{"id": "doc_1", "file": {"sha256": digest}}, {"id": "doc_2", "file": None}]
    assert [told["is_whole"] for told in await shop.documents(ORDER)] == [True, False]
    api.file = b"%PDF-1.7 and more"
    assert [told["is_whole"] for told in await shop.documents(ORDER)] == [False, False]


async def test_a_refusal_is_told_with_what_was_answered(shop: Shop, api: Api):
    api.status = 409
    with pytest.raises(StepFailed, match=r'POST /v1/orders was answered 409: \{"id":"x_1"'):
        await shop.place("email")


async def test_nobody_there_is_told_too(clock: FixedClock):
    with listen("127.0.0.1", 0) as listener:
        address = address_of(listener)
    nobody = Shop(address, "td_test_key", clock.now)
    with pytest.raises(StepFailed, match="POST /v1/orders: ConnectError"):
        await nobody.place("email")
    await nobody.close()


async def test_a_customer_follows_the_link_of_a_message_and_sends_its_form(shop: Shop, api: Api):
    await shop.rate(f"{shop.base_url}/f/token", 5, "All went well.")
    assert api.sent == [("GET", ""), ("POST", "rating=5&comment=All+went+well.")]
    api.items = [{"rating": 5}]
    assert await shop.ratings(ORDER) == [5]


async def test_a_page_that_takes_nothing_is_a_step_that_failed(shop: Shop, api: Api):
    api.status = 410
    with pytest.raises(StepFailed, match="the feedback page answered 410"):
        await shop.rate(f"{shop.base_url}/f/token", 5, "All went well.")
