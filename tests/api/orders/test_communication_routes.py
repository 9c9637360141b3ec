"""Communications made elsewhere, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.calls import rows, with_issue
from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, did, placed
from tidings.kit.db import Begin
from tidings.kit.ids import wire

SIX = ["order_number", "placed_at", "products", "addresses", "estimated_delivery", "contact"]
CALL = {"channel": "phone", "direction": "outbound", "summary": "Went through the order with the customer."}
CONFIRMED = CALL | {"fulfils": "order_confirmation", "contents": SIX}
ANNA = {"Tidings-Actor": "staff/anna"}


async def log(api: httpx.AsyncClient, order_id: str, **said: Any) -> httpx.Response:
    return await api.post(f"/v1/orders/{order_id}/communications", json=CALL | said, headers=ANNA)


async def test_what_was_said_is_kept_listed_and_told_in_the_timeline(
    api: httpx.AsyncClient, begin: Begin, clock: FixedClock
) -> None:
    order_id = (await placed(api))["id"]
    first = await did(await log(api, order_id, at=clock.now().isoformat()))
    second = await did(await log(api, order_id, channel="chat", direction="inbound", summary="Where is it?"))
    assert first["actor"] == "staff/anna"
    assert (first["order_id"], first["fulfils"], first["contents"]) == (order_id, None, [])
    page = (await api.get(f"/v1/orders/{order_id}/communications", params={"limit": 1})).json()
    assert page["items"] == [first]
    rest = await api.get(f"/v1/orders/{order_id}/communications", params={"cursor": page["next_cursor"]})
    assert rest.json() == {"items": [second], "next_cursor": None}
    timeline = (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]
    (told,) = [one for one in timeline if one["subject"] == second["id"]]
    assert (told["kind"], told["data"]["summary"]) == ("communication.logged", "Where is it?")
    assert await rows(begin, "SELECT FROM records WHERE data::text LIKE '%Where is it%'") == []
    events = (await api.get("/v1/events")).json()["items"]
    assert events[-1]["type"] == "communication.logged"


async def test_a_confirmation_by_telephone_keeps_the_promise(
    api: httpx.AsyncClient, begin: Begin, clock: FixedClock
) -> None:
    order_id = (await placed(api))["id"]
    at = clock.now() + timedelta(minutes=20)
    clock.advance(timedelta(minutes=30))
    said = await did(await log(api, order_id, fulfils="order_confirmation", contents=SIX, at=at.isoformat()))
    assert (said["fulfils"], said["subject_id"]) == ("order_confirmation", order_id)
    (deadline,) = (await api.get("/v1/deadlines", params={"order_id": order_id})).json()["items"]
    assert (deadline["status"], deadline["met_by"]) == ("met", "staff/anna")
    assert deadline["met_at"].startswith(at.isoformat()[:19])
    # The e-mail goes all the same, unless it is taken back.
    assert (await rows(begin, "SELECT status FROM messages"))[0]["status"] == "pending"
    await did(await log(api, order_id, fulfils="order_confirmation", contents=SIX, withdraw_message=True))
    assert (await rows(begin, "SELECT status FROM messages"))[0]["status"] == "cancelled"
    assert await rows(begin, "SELECT FROM outbox") == []


async def test_a_confirmation_of_which_no_more_is_said_is_a_whole_one(
    api: httpx.AsyncClient, clock: FixedClock
) -> None:
    order_id = (await placed(api))["id"]
    body = CALL | {"at": clock.now().isoformat(), "fulfils": "order_confirmation"}
    said = await did(await api.post(f"/v1/orders/{order_id}/communications", json=body, headers=ANNA))
    assert said["contents"] == SIX
    (deadline,) = (await api.get("/v1/deadlines", params={"order_id": order_id})).json()["items"]
    assert deadline["status"] == "met"


@pytest.mark.parametrize(
    ("said", "pointer", "words"),
    [
        ({"fulfils": "order_confirmation", "contents": SIX[:4]}, "/contents", "estimated_delivery, contact"),
        ({"fulfils": "order_confirmation", "contents": []}, "/contents", "order_number"),
        ({"fulfils": "order_confirmation", "contents": SIX, "direction": "inbound"}, "/fulfils", "outbound"),
        ({"subject_id": "iss_" + "0" * 32}, "/subject_id", "fulfils"),
        ({"fulfils": "issue_notification", "subject_id": "iss_" + "0" * 32}, "/subject_id", "about that"),
        ({"at": "2020-01-01T00:00:00Z"}, "/at", "before the order's receipt"),
        ({"at": "2099-01-01T00:00:00Z"}, "/at", "future"),
        ({"at": "yesterday"}, "/at", "RFC 3339"),
        ({"contents": ["everything"]}, "/contents/0", ""),
        ({"channel": "pigeon"}, "/channel", ""),
        ({"direction": "sideways"}, "/direction", ""),
        ({"summary": ""}, "/summary", ""),
        ({"fulfils": "deadline_warning"}, "", "staff"),
        ({"fulfills": "order_confirmation"}, "/fulfills", ""),
    ],
)
async def test_what_cannot_be_is_named_with_its_place(
    api: httpx.AsyncClient, said: dict[str, Any], pointer: str, words: str
) -> None:
    order_id = (await placed(api))["id"]
    answer = await log(api, order_id, **said)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert words in fault["detail"]
    assert (await api.get(f"/v1/orders/{order_id}/communications")).json()["items"] == []


async def test_what_is_told_of_is_found_where_it_can_be_one_thing_only(
    api: httpx.AsyncClient, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = wire("ord", await with_issue(begin, shop, clock))
    (issue,) = [row["subject"] for row in await rows(begin, "SELECT subject FROM messages WHERE subject LIKE 'iss_%'")]
    said = await did(await log(api, order_id, fulfils="issue_notification"))
    assert said["subject_id"] == issue
    (task,) = await rows(begin, "SELECT met_by FROM deadlines WHERE kind = 'issue_notification'")
    assert task["met_by"] == "staff/anna"


async def test_a_repeat_logs_once(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    headers = {**ANNA, "Idempotency-Key": "k-1"}
    answers = [
        await api.post(f"/v1/orders/{order_id}/communications", json=CONFIRMED, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len((await api.get(f"/v1/orders/{order_id}/communications")).json()["items"]) == 1


async def test_anothers_order_is_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    order_id = (await placed(api))["id"]
    for client, named in ((stranger, order_id), (live_api, order_id), (api, NOWHERE), (api, "com_1")):
        assert (await log(client, named)).status_code == 404
        assert (await client.get(f"/v1/orders/{named}/communications")).status_code == 404


async def test_logging_is_for_operations(api: httpx.AsyncClient, clients: Clients, shop: Shop) -> None:
    order_id = (await placed(api))["id"]
    orders = await clients.with_scopes(shop.scope, "orders")
    assert (await log(orders, order_id)).status_code == 403
    assert (await orders.get(f"/v1/orders/{order_id}/communications")).status_code == 200
