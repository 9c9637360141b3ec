import httpx
import pytest

from tests.fixtures.errands import Errands
from tests.fixtures.steps import NOWHERE, brought_to, did, order, placed

CHECKS = ("payment-check", "stock-check")


async def test_checks_are_told_by_hand_and_answered_with_the_order(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    told = {"outcome": "passed", "reason": "captured"}
    answer = await api.put(f"/v1/orders/{order_id}/payment-check", json=told, headers={"Tidings-Actor": "staff/7"})
    first = await did(answer)
    assert (first["payment_check"], first["stock_check"], first["status"]) == ("passed", "pending", "received")
    assert answer.headers["ETag"] == '"2"'
    assert first == await order(api, order_id)
    second = await did(await api.put(f"/v1/orders/{order_id}/stock-check", json={"outcome": "passed"}))
    assert (second["status"], second["stock_check"]) == ("processing", "passed")
    timeline = (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]
    assert (timeline[1]["kind"], timeline[1]["actor"]) == ("payment.checked", "staff/7")
    assert timeline[1]["data"]["reason"] == "captured"


@pytest.mark.parametrize("check", CHECKS)
async def test_a_failed_check_leaves_the_order_where_it_is(check: str, api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    for outcome in ("failed", "failed", "passed", "failed"):
        told = await did(await api.put(f"/v1/orders/{order_id}/{check}", json={"outcome": outcome}))
        assert told["status"] == "received"
        assert told[check.replace("-", "_")] == outcome
    tasks = (await api.get("/v1/tasks", params={"order_id": order_id, "status": "open"})).json()["items"]
    assert [task["kind"] for task in tasks] == ["handle_issue"]


async def test_what_is_no_outcome_is_refused(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    for told, pointer in (
        ({}, "/outcome"),
        ({"outcome": "pending"}, "/outcome"),
        ({"outcome": "passed", "reason": "a\x00"}, "/reason"),
        ({"outcome": "passed", "reasn": "x"}, "/reasn"),
    ):
        for check in CHECKS:
            answer = await api.put(f"/v1/orders/{order_id}/{check}", json=told)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await order(api, order_id))["version"] == 1


async def test_an_incomplete_order_is_not_checked(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "incomplete")
    answer = await api.put(f"/v1/orders/{order_id}/stock-check", json={"outcome": "passed"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:illegal-move")
    assert answer.json()["allowed"] == ["received", "cancelled"]


async def test_a_cancelled_order_that_was_paid_after_all_is_paid_back(api: httpx.AsyncClient, errands: Errands) -> None:
    order_id = (await placed(api))["id"]
    await did(await api.post(f"/v1/orders/{order_id}/cancellation", json={"reason": "out of stock"}))
    await errands()
    tasks = {"order_id": order_id, "status": "open"}
    (task,) = (await did(await api.get("/v1/tasks", params=tasks)))["items"]
    assert (task["kind"], task["data"]["order_status"]) == ("verify_by_hand", "cancelled")
    for _ in range(2):
        told = await did(await api.put(f"/v1/orders/{order_id}/payment-check", json={"outcome": "passed"}))
        assert (told["status"], told["payment_check"]) == ("cancelled", "passed")
        await errands()
    (refund,) = (await did(await api.get("/v1/refunds", params={"order_id": order_id})))["items"]
    assert refund["amount"] == told["total"]
    (task,) = (await did(await api.get("/v1/tasks", params=tasks)))["items"]
    assert task["kind"] == "refund_by_hand"
    answer = await api.put(f"/v1/orders/{order_id}/payment-check", json={"outcome": "failed"})
    assert (answer.status_code, answer.json()["order_status"]) == (409, "cancelled")


async def test_nobody_checks_anothers_order(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    order_id = (await placed(api))["id"]
    for check in CHECKS:
        for client, status in ((stranger, 404), (live_api, 404), (anonymous, 401)):
            answer = await client.put(f"/v1/orders/{order_id}/{check}", json={"outcome": "passed"})
            assert answer.status_code == status
        assert (await api.put(f"/v1/orders/{NOWHERE}/{check}", json={"outcome": "passed"})).status_code == 404
