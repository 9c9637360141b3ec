from typing import Any

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, body, brought_to, did, order, passed, placed
from tidings.orders.states import ORDER_STATUSES, OrderStatus

ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"metadata": {"a": 1}}),
    ("GET", "/timeline", None),
    ("POST", "/notes", {"text": "Rings twice."}),
    ("POST", "/completion", None),
    ("POST", "/cancellation", {"reason": "out of stock"}),
    ("PUT", "/payment-check", {"outcome": "passed"}),
    ("PUT", "/stock-check", {"outcome": "passed"}),
    ("POST", "/shipments", {}),
    ("GET", "/shipments", None),
    ("POST", "/issues", {"kind": "other"}),
]

# What staff do.
OPERATIONS = {"/notes", "/issues"}


async def call(api: httpx.AsyncClient, method: str, path: str, json: Any = None) -> httpx.Response:
    headers = {"If-Match": "*"} if method == "PATCH" else {}
    return await api.request(method, path, json=json, headers=headers)


async def test_anothers_order_and_the_other_modes_are_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    order_id = (await placed(api))["id"]
    for method, path, json in ROUTES:
        for client in (stranger, live_api):
            answer = await call(client, method, f"/v1/orders/{order_id}{path}", json)
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:tidings:problem:not-found"), path
    assert (await order(api, order_id))["version"] == 1


async def test_what_is_no_order_is_not_found(api: httpx.AsyncClient) -> None:
    for method, path, json in ROUTES:
        for order_id in (NOWHERE, "ord_x", "shp_" + "0" * 32):
            assert (await call(api, method, f"/v1/orders/{order_id}{path}", json)).status_code == 404, path


async def test_an_order_is_read_as_it_was_answered(api: httpx.AsyncClient) -> None:
    answered = await api.post("/v1/orders", json=body(metadata={"z": 1.5, "a": "é"}))
    read = await api.get(f"/v1/orders/{answered.json()['id']}")
    assert read.content == answered.content
    assert read.headers["ETag"] == answered.headers["ETag"] == '"1"'
    assert read.headers["Content-Type"] == "application/json"


async def test_an_incomplete_order_is_read_as_it_was_answered(api: httpx.AsyncClient) -> None:
    lines = [{"sku": "TEA-01", "quantity": 2}]
    answered = await api.post("/v1/orders", json={"lines": lines}, headers={"Prefer": "handling=lenient"})
    assert answered.status_code == 202
    assert (await api.get(f"/v1/orders/{answered.json()['id']}")).content == answered.content


async def test_who_has_the_version_at_hand_gets_no_second_copy(api: httpx.AsyncClient) -> None:
    path = f"/v1/orders/{(await placed(api))['id']}"
    same = await api.get(path, headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", '"1"')
    assert (await api.get(path, headers={"If-None-Match": '"7"'})).status_code == 200


async def test_a_timeline_tells_everything_in_its_order(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    note = {"text": "Rings twice."}
    staff = {"Tidings-Actor": "staff/7"}
    written = await did(await api.post(f"/v1/orders/{order_id}/notes", json=note, headers=staff))
    await passed(api, order_id)
    answer = await api.get(f"/v1/orders/{order_id}/timeline")
    items = answer.json()["items"]
    assert [item["kind"] for item in items] == [
        "order.placed", "note.written", "payment.checked", "stock.checked", "processing.started",
    ]  # fmt: skip
    assert {"at", "kind", "actor", "data"} <= set(items[0])
    assert (items[1]["actor"], items[1]["data"]["text"], items[1]["subject"]) == (
        "staff/7",
        note["text"],
        written["id"],
    )
    assert items[2]["data"]["outcome"] == "passed"
    paged = await api.get(f"/v1/orders/{order_id}/timeline?limit=4")
    rest = await api.get(paged.links["next"]["url"])
    assert paged.json()["items"] + rest.json()["items"] == items


async def test_a_note_does_not_change_the_order(api: httpx.AsyncClient) -> None:
    before = await placed(api)
    answer = await api.post(f"/v1/orders/{before['id']}/notes", json={"text": "Two\nlines."})
    assert answer.status_code == 201
    assert (answer.json()["order_id"], answer.json()["text"]) == (before["id"], "Two\nlines.")
    assert await order(api, before["id"]) == before


async def test_the_same_note_with_the_same_key_is_written_once(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    path, key = f"/v1/orders/{order_id}/notes", {"Idempotency-Key": "n-1"}
    first = await api.post(path, json={"text": "Once."}, headers=key)
    again = await api.post(path, json={"text": "Once."}, headers=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    timeline = (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]
    assert [item["kind"] for item in timeline].count("note.written") == 1


async def test_a_note_of_nothing_is_refused(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    for note in ({}, {"text": ""}, {"text": "  "}, {"text": "a\x00b"}, {"text": "x" * 10_001}):
        answer = await api.post(f"/v1/orders/{order_id}/notes", json=note)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/text")


async def test_what_a_key_may_do_depends_on_its_scopes(clients: Clients, shop: Shop, api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    orders, operations = (
        await clients.with_scopes(shop.scope, "orders"),
        await clients.with_scopes(shop.scope, "operations"),
    )
    templates = await clients.with_scopes(shop.scope, "templates")
    for method, path, json in ROUTES:
        told = {}
        for name, client in (("orders", orders), ("operations", operations), ("templates", templates)):
            answer = await call(client, method, f"/v1/orders/{order_id}{path}", json)
            told[name] = answer.status_code != 403
            if not told[name]:
                assert answer.json()["type"] == "urn:tidings:problem:scope-missing"
        assert told == {
            "orders": path not in OPERATIONS,
            "operations": method == "GET" or path in OPERATIONS,
            "templates": False,
        }, (method, path)


ALLOWED: dict[str, set[str]] = {
    "/payment-check": set(ORDER_STATUSES) - {"incomplete"},
    "/shipments": {"processing", "partially_shipped", "partially_delivered"},
    "/completion": {"delivered"},
    "/cancellation": {"incomplete", "received", "processing", "partially_shipped"},
    "/notes": set(ORDER_STATUSES),
    "/issues": set(ORDER_STATUSES) - {"completed", "cancelled"},
}


@pytest.mark.parametrize("status", ORDER_STATUSES)
async def test_each_status_allows_its_verbs_and_no_others(status: OrderStatus, api: httpx.AsyncClient) -> None:
    for method, path, json in ROUTES:
        if path in ALLOWED and method != "GET":
            order_id = await brought_to(api, status)
            before = await order(api, order_id)
            answer = await call(api, method, f"/v1/orders/{order_id}{path}", json)
            if status in ALLOWED[path]:
                assert answer.is_success, (path, answer.text)
                continue
            problem = answer.json()
            assert (answer.status_code, problem["type"]) == (409, "urn:tidings:problem:illegal-move"), path
            assert (problem["order_status"], problem["status"]) == (status, 409)
            assert isinstance(problem["allowed"], list)
            assert await order(api, order_id) == before
