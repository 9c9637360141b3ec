from typing import Any

import httpx
import pytest

from tests.fixtures.steps import brought_to, did, order, placed
from tidings.orders.states import ORDER_STATUSES, OrderStatus


async def patched(api: httpx.AsyncClient, order_id: str, changes: Any, if_match: str | None = "*") -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await api.patch(f"/v1/orders/{order_id}", json=changes, headers=headers)


async def kinds(api: httpx.AsyncClient, order_id: str) -> list[str]:
    return [item["kind"] for item in (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]]


async def test_the_last_missing_part_completes_an_order(api: httpx.AsyncClient) -> None:
    incomplete = await placed(api, payment=None, total=None)
    assert [part["pointer"] for part in incomplete["missing"]] == ["/total", "/payment"]
    some = await did(await patched(api, incomplete["id"], {"payment": {"method": "card"}}, '"1"'))
    assert (some["status"], [part["pointer"] for part in some["missing"]], some["version"]) == (
        "incomplete",
        ["/total"],
        2,
    )
    whole = await did(await patched(api, incomplete["id"], {"total": {"amount": 3000, "currency": "EUR"}}, '"2"'))
    assert (whole["status"], whole["missing"], whole["total"]["amount"]) == ("received", [], 3000)
    assert [line["line"] for line in whole["lines"]] == [1, 2]
    assert await order(api, incomplete["id"]) == whole
    assert await kinds(api, incomplete["id"]) == [
        "order.left_incomplete", "order.amended", "order.made_complete", "message.superseded", "task.dropped",
    ]  # fmt: skip


async def test_a_completed_order_goes_on_like_any_other(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "incomplete")
    await did(await patched(api, order_id, {"payment": {"method": "card"}}))
    for check in ("payment-check", "stock-check"):
        await did(await api.put(f"/v1/orders/{order_id}/{check}", json={"outcome": "passed"}))
    parcel = await did(await api.post(f"/v1/orders/{order_id}/shipments", json={}))
    assert [line["quantity"] for line in parcel["lines"]] == [2, 1]


async def test_lines_of_an_incomplete_order_are_told_anew_as_a_whole(api: httpx.AsyncClient) -> None:
    first = await placed(api, lines=[{"sku": "TEA-01"}])
    assert first["lines"][0]["name"] is None
    lines = [{"sku": "A", "name": "A", "quantity": 3, "unit_price": {"amount": 1000, "currency": "EUR"}}]
    whole = await did(await patched(api, first["id"], {"lines": lines}))
    assert (whole["status"], [line["sku"] for line in whole["lines"]]) == ("received", ["A"])


async def test_staff_correct_what_may_be_corrected(api: httpx.AsyncClient) -> None:
    before = await placed(api)
    changes = {
        "customer": {"phone": "0151 12345679", "vat_id": "DE123456789"},
        "shipping_address": {"line1": "Hauptstr. 1", "city": "Bonn", "postal_code": "53111"},
        "estimated_delivery": {"to": "2026-12-24"},
        "metadata": {"cart": None, "seen": True},
    }
    answer = await patched(api, before["id"], changes, '"1"')
    after = await did(answer)
    assert (answer.headers["ETag"], after["version"]) == ('"2"', 2)
    assert after["customer"] == before["customer"] | {"phone": "+4915112345679", "vat_id": "DE123456789"}
    assert after["shipping_address"]["city"] == "Bonn"
    assert after["billing_address"] == before["billing_address"]
    assert after["estimated_delivery"] == {"from": "2026-11-26", "to": "2026-12-24"}
    assert after["metadata"] == {"seen": True}
    items = (await api.get(f"/v1/orders/{before['id']}/timeline")).json()["items"]
    # The telephone number is where the customer is reached: that has followers of its own.
    kinds_told = [item["kind"] for item in items]
    assert kinds_told[-4:] == ["order.changed", "message.redirected", "contact.changed", "contact.left"]
    assert set(items[-4]["data"]["changed"]) == {
        "/customer/phone", "/customer/vat_id", "/shipping_address/line1", "/shipping_address/city",
        "/shipping_address/postal_code", "/estimated_delivery/to", "/metadata/cart", "/metadata/seen",
    }  # fmt: skip
    assert "Hauptstr" not in str(items), "records hold no personal data"


async def test_a_patch_that_changes_nothing_leaves_no_trace(api: httpx.AsyncClient) -> None:
    before = await placed(api)
    for changes in ({}, {"customer": {"name": "Ada Byron"}}, {"metadata": {"nothing": None}}):
        assert await did(await patched(api, before["id"], changes)) == before
    # Another way of writing the same number is the same number.
    assert await did(await patched(api, before["id"], {"customer": {"phone": "+1 (500) 555-0101"}})) == before
    assert await kinds(api, before["id"]) == ["order.placed"]


async def test_a_change_needs_the_version_that_it_is_made_to(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    missing = await patched(api, order_id, {"metadata": {"a": 1}}, None)
    assert (missing.status_code, missing.json()["type"]) == (428, "urn:tidings:problem:precondition-required")
    other = await patched(api, order_id, {"metadata": {"a": 1}}, '"9"')
    assert (other.status_code, other.json()["type"]) == (412, "urn:tidings:problem:precondition-failed")
    assert other.headers["ETag"] == '"1"'
    assert (await order(api, order_id))["version"] == 1


async def test_a_changed_order_is_checked_as_a_whole(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    wrong = {
        "customer": {"email": None, "name": "", "phone": "12"},
        "shipping_address": {"country": "US"},
        "estimated_delivery": {"to": "2026-11-25"},
    }
    answer = await patched(api, order_id, wrong)
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "/customer/email", "/customer/name", "/customer/phone", "/shipping_address/region",
        "/shipping_address/postal_code", "/estimated_delivery/to",
    } - {"/shipping_address/postal_code"}  # fmt: skip
    assert (await order(api, order_id))["version"] == 1


WRONG: list[tuple[Any, str]] = [
    ({"totl": 1}, "/totl"),
    ({"customer": {"mail": "x"}}, "/customer/mail"),
    ({"number": "X"}, "/number"),
    ({"customer": {"preferred_channel": "fax"}}, "/customer/preferred_channel"),
    ({"lines": []}, "/lines"),
    ({"total": {"amount": 1, "currency": "EUR"}}, "/total"),
    ({"payment": {"method": "cash"}}, "/payment"),
    ({"notify": False}, "/notify"),
    ({"sales_channel": "phone"}, "/sales_channel"),
    ([], ""),
]


async def test_what_cannot_be_changed_is_refused_where_it_stands(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    for changes, pointer in WRONG:
        answer = await patched(api, order_id, changes)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])


LATE: dict[str, dict[str, Any]] = {
    "shipping_address": {"line1": "Hauptstr. 1"},
    "billing_address": {"line1": "Hauptstr. 1"},
    "customer": {"name": "Ada King"},
    "estimated_delivery": {"to": "2027-01-31"},
    "metadata": {"a": 1},
}
UNTIL: dict[str, OrderStatus] = {
    "shipping_address": "partially_shipped", "billing_address": "delivered", "customer": "delivered",
    "estimated_delivery": "partially_delivered", "metadata": "delivered",
}  # fmt: skip


@pytest.mark.parametrize("status", ORDER_STATUSES)
async def test_each_part_may_be_corrected_until_it_is_too_late(status: OrderStatus, api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, status)
    for part, change in LATE.items():
        answer = await patched(api, order_id, {part: change})
        if ORDER_STATUSES.index(status) <= ORDER_STATUSES.index(UNTIL[part]):
            assert answer.is_success, (part, answer.text)
        else:
            assert (answer.status_code, answer.json()["order_status"]) == (409, status), part
            assert answer.json()["type"] == "urn:tidings:problem:illegal-move"
