import asyncio
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx

from tests.clock import FixedClock
from tests.fixtures.facts import facts
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, body, did, order
from tidings.kit.db import Begin
from tidings.kit.ids import parse

LENIENT = {"Prefer": "handling=lenient"}


async def listed(api: httpx.AsyncClient) -> list[str]:
    return [item["id"] for item in (await did(await api.get("/v1/orders")))["items"]]


async def test_an_order_is_placed(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    answer = await api.post("/v1/orders", json=body(number="W-1"), headers={"Tidings-Actor": "staff/7"})
    told = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/orders/{told['id']}")
    assert (told["number"], told["status"], told["mode"], told["missing"]) == ("W-1", "received", "test", [])
    assert await listed(api) == [told["id"]]
    order_id = parse("ord", told["id"])
    assert order_id is not None
    (fact,) = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["actor"], fact["snapshot"]) == ("order.placed", "staff/7", {"order": told})


async def test_all_faults_are_told_at_once_and_nothing_is_stored(api: httpx.AsyncClient) -> None:
    wrong = body(
        total={"amount": 1, "currency": "EUR"}, sales_channel="fax", customer={"email": "nobody"}, payment=None, zz=1
    )
    for headers, pointers in (
        ({}, {"/zz", "/customer/email", "/sales_channel", "/total", "/payment"}),
        (LENIENT, {"/zz", "/customer/email", "/sales_channel", "/total"}),
    ):
        answer = await api.post("/v1/orders", json=wrong, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
        problem = answer.json()
        assert problem["type"] == "urn:tidings:problem:invalid-input"
        assert {fault["pointer"] for fault in problem["errors"]} == pointers
    assert await listed(api) == []


async def test_an_incomplete_order_is_stored_when_asked(api: httpx.AsyncClient) -> None:
    strict = await api.post("/v1/orders", json=body(payment=None))
    assert strict.status_code == 422
    answer = await api.post("/v1/orders", json=body(payment=None), headers=LENIENT)
    assert (answer.status_code, answer.json()["status"]) == (202, "incomplete")
    assert answer.json()["missing"] == [{"pointer": "/payment", "detail": "is required"}]
    spelt = [("Prefer", "respond-async"), ("Prefer", 'Handling="lenient"')]
    assert (await api.post("/v1/orders", json=body(payment=None), headers=spelt)).status_code == 202


async def test_validating_stores_nothing(api: httpx.AsyncClient) -> None:
    good = await api.post("/v1/orders?validate_only=true", json=body())
    assert (good.status_code, good.json()["status"]) == (200, "received")
    lacking = await api.post("/v1/orders?validate_only=true", json=body(payment=None), headers=LENIENT)
    assert (lacking.status_code, lacking.json()["status"]) == (200, "incomplete")
    assert (await api.post("/v1/orders?validate_only=true", json={})).status_code == 422
    assert (await api.post("/v1/orders?validate_only=perhaps", json=body())).status_code == 422
    assert await listed(api) == []


async def test_a_number_is_used_once(api: httpx.AsyncClient, live_api: httpx.AsyncClient) -> None:
    first = await did(await api.post("/v1/orders", json=body(number="W-1")))
    taken = await api.post("/v1/orders", json=body(number="W-1"))
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:tidings:problem:order-number-taken")
    assert taken.json()["order_id"] == first["id"]
    other_mode = await live_api.post("/v1/orders", json=body(number="W-1", customer={"email": "ada@example.com"}))
    assert other_mode.status_code == 201


async def test_orders_without_a_number_get_one_each(api: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(api.post("/v1/orders", json=order_body()) for _ in range(5)))
    numbers = {answer.json()["number"] for answer in answers}
    assert len(numbers) == 5


async def test_the_same_key_gives_the_same_answer(api: httpx.AsyncClient) -> None:
    posted, key = body(), {"Idempotency-Key": "k-1"}
    first = await api.post("/v1/orders", json=posted, headers=key)
    again = await api.post("/v1/orders", json=posted, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
    other = await api.post("/v1/orders", json=body(), headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:tidings:problem:idempotency-key-reused")
    assert len(await listed(api)) == 1


async def test_the_same_key_gives_the_same_answer_though_the_order_would_not_be_taken_any_more(
    api: httpx.AsyncClient, clock: FixedClock
) -> None:
    """It was to arrive on the day of its receipt, over a channel that the shop has given up since."""
    today = clock.now().astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
    posted, other = [body(placed_at=None, estimated_delivery={"from": today, "to": today}) for _ in range(2)]
    one, many = ("/v1/orders", posted), ("/v1/orders/batch", {"orders": [other, body(payment=None)]})
    first = [await api.post(path, json=sent, headers={"Idempotency-Key": "k-1"}) for path, sent in (one, many)]
    clock.advance(timedelta(hours=24))
    await did(await api.patch("/v1/storefront", json={"sales_channels": ["phone"]}))
    again = [await api.post(path, json=sent, headers={"Idempotency-Key": "k-1"}) for path, sent in (one, many)]
    assert (again[0].status_code, again[0].content) == (201, first[0].content)
    assert again[0].headers["Idempotency-Replayed"] == "true"
    results = again[1].json()["results"]
    assert [result["status"] for result in results] == [201, 422]
    assert results[0] == first[1].json()["results"][0]
    assert again[1].headers["Idempotency-Replayed"] == "true"
    assert len(await listed(api)) == 2
    stale = await api.post("/v1/orders", json=posted, headers={"Idempotency-Key": "k-2"})
    assert {fault["pointer"] for fault in stale.json()["errors"]} == {"/sales_channel", "/estimated_delivery/to"}


async def test_failures_are_not_remembered(api: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    assert (await api.post("/v1/orders", json=body(payment=None), headers=key)).status_code == 422
    assert (await api.post("/v1/orders", json=body(), headers=key)).status_code == 201


async def test_each_order_of_a_batch_has_its_own_outcome(api: httpx.AsyncClient) -> None:
    orders = [body(number="B-1"), body(number="B-1"), body(total=None), 5, body(number="B-2")]
    answer = await api.post("/v1/orders/batch", json={"orders": orders})
    results = (await did(answer))["results"]
    assert [result["status"] for result in results] == [201, 409, 422, 422, 201]
    assert results[1]["problem"]["order_id"] == results[0]["order"]["id"]
    assert results[2]["problem"]["errors"] == [{"pointer": "/total", "detail": "is required"}]
    assert await order(api, results[4]["order"]["id"]) == results[4]["order"]
    lenient = await api.post("/v1/orders/batch", json={"orders": [body(total=None)]}, headers=LENIENT)
    assert [result["status"] for result in lenient.json()["results"]] == [202]


async def test_what_no_column_can_hold_harms_no_other_order_of_its_batch(api: httpx.AsyncClient) -> None:
    marks = ["good", "NUL", "half", "deep"]
    good, nul, half, deep = (json.dumps(body(number=f"P-{mark}", metadata={"a": mark})) for mark in marks)
    poisoned = [good, nul.replace('"NUL"', '"\\u0000"'), half.replace('"half"', '"\\ud83d"')]
    poisoned.append(deep.replace('"deep"', "[" * 300 + "]" * 300))
    raw = '{"orders":[' + ",".join([*poisoned, json.dumps(body(number="P-last"))]) + "]}"
    answer = await api.post("/v1/orders/batch", content=raw, headers={"Content-Type": "application/json"})
    results = (await did(answer))["results"]
    assert [result["status"] for result in results] == [201, 422, 422, 422, 201]
    faults = [result["problem"]["errors"][0] for result in results[1:3]]
    assert faults == [
        {"pointer": "/metadata/a", "detail": "contains a NUL character"},
        {"pointer": "/metadata/a", "detail": "contains half of a surrogate pair"},
    ]


async def test_a_batch_sent_again_is_answered_again(api: httpx.AsyncClient) -> None:
    posted, key = {"orders": [body(), body(), body(payment=None)]}, {"Idempotency-Key": "b-1"}
    answers = [await api.post("/v1/orders/batch", json=posted, headers=key) for _ in range(2)]
    assert [result["status"] for result in (await did(answers[1]))["results"]] == [201, 201, 422]
    assert answers[1].content == answers[0].content
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true"]
    assert len(await listed(api)) == 2
    posted["orders"][2] = body()
    rest = await api.post("/v1/orders/batch", json=posted, headers=key)
    assert [result["status"] for result in rest.json()["results"]] == [201, 201, 201]
    assert "Idempotency-Replayed" not in rest.headers


async def test_of_a_batch_that_was_mended_what_had_been_placed_is_marked(api: httpx.AsyncClient) -> None:
    good, key = body(), {"Idempotency-Key": "b-2"}
    first = await api.post("/v1/orders/batch", json={"orders": [good, body(total=None)]}, headers=key)
    assert [result["status"] for result in first.json()["results"]] == [201, 422]
    mended = await api.post("/v1/orders/batch", json={"orders": [good, body()]}, headers=key)
    old, new = mended.json()["results"]
    assert (old["replayed"], old["order"], new.get("replayed")) == (True, first.json()["results"][0]["order"], None)
    assert "idempotency-replayed" not in mended.headers


async def test_what_is_no_batch_is_refused(api: httpx.AsyncClient) -> None:
    for posted, pointers in (
        ({}, ["/orders"]),
        ({"orders": []}, ["/orders"]),
        ({"orders": [body()], "order": 1}, ["/order"]),
        ({"orders": [{}] * 501}, ["/orders"]),
        ([], ["/orders"]),
    ):
        answer = await api.post("/v1/orders/batch", json=posted)
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


async def test_bodies_that_cannot_be_read_are_refused(api: httpx.AsyncClient) -> None:
    nul = json.dumps(body()).replace("Ada Byron", "Ada\\u0000Byron", 1)
    for raw in (b"{", b"\xff", b"[" * 100_000, nul.encode(), b"", b"[]", b'"order"'):
        for path in ("/v1/orders", "/v1/orders/batch"):
            answer = await api.post(path, content=raw, headers={"Content-Type": "application/json"})
            assert answer.status_code in {400, 422}, (raw[:20], path, answer.text)
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert await listed(api) == []


async def test_nobody_places_orders_without_the_scope(anonymous: httpx.AsyncClient) -> None:
    for path in ("/v1/orders", "/v1/orders/batch", f"/v1/orders/{NOWHERE}/notes"):
        assert (await anonymous.post(path, json=body())).status_code == 401
