"""A customer's wish over HTTP: taken in, acknowledged, and whatever is wrong with it told at once."""

from datetime import datetime, timedelta

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.changes import (
    ANNA,
    CANCEL,
    ELSEWHERE,
    NO_REQUEST,
    all_parts,
    asked,
    decided_by,
    modification,
    requested,
)
from tests.fixtures.shop import Shop
from tests.fixtures.steps import LINES, NOWHERE, brought_to, did, dispatched, order, placed
from tidings.kit.db import Begin

DOCUMENT = {"title": "Order Management Policy", "url": None, "version": "1"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_wish_is_taken_in_and_waits_for_an_approver(api: httpx.AsyncClient, clock: FixedClock) -> None:
    order_id = await brought_to(api, "processing")
    answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=CANCEL, headers=ANNA)
    found = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/change-requests/{found['id']}")
    assert {name: found[name] for name in CANCEL} == CANCEL
    assert (found["order_id"], found["status"], found["outcome"]) == (order_id, "pending", None)
    assert (found["actor"], found["approvals"], found["needs_approvals"]) == ("staff/anna", [], 1)
    assert (found["changes"], found["parts"], found["refund"]) == ({}, ["cancellation"], None)
    assert found["policy"] == {"version": 1, "rule": "changes.cancellation.approval", "document": DOCUMENT}
    assert at(found["acknowledge_by"]) == clock.now() + timedelta(hours=1)
    assert at(found["decide_by"]) == clock.now() + timedelta(hours=23)
    assert at(found["notify_by"]) == clock.now() + timedelta(hours=24)
    assert (await api.get(answer.headers["Location"])).json() == found
    assert (await order(api, order_id))["status"] == "processing"


async def test_its_clocks_run_and_somebody_is_to_decide(api: httpx.AsyncClient) -> None:
    found = await requested(api)
    clocks = (await api.get(f"/v1/deadlines?order_id={found['order_id']}")).json()["items"]
    due = {clock["kind"]: clock["due_at"] for clock in clocks if clock["subject_id"] == found["id"]}
    assert due == {"change_acknowledged": found["acknowledge_by"], "change_decided": found["notify_by"]}
    (task,) = [task for task in (await api.get("/v1/tasks")).json()["items"] if task["kind"] == "decide_change"]
    assert (task["due_at"], task["data"]["change"]) == (found["decide_by"], found["id"])
    messages = (await api.get(f"/v1/orders/{found['order_id']}/messages")).json()["items"]
    assert [each["milestone"] for each in messages if each["subject_id"] == found["id"]] == ["change_acknowledged"]


async def test_what_is_left_out_is_the_usual(api: httpx.AsyncClient) -> None:
    found = await requested(api, {"kind": "cancellation"})
    assert (found["reason"], found["requested_by"], found["via"]) == (None, "customer", "api")


async def test_the_same_wish_with_the_same_key_is_one(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    path, key = f"/v1/orders/{order_id}/change-requests", {"Idempotency-Key": "wish-1"}
    first = await api.post(path, json=CANCEL, headers=key)
    again = await api.post(path, json=CANCEL, headers=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert len((await api.get("/v1/change-requests")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("wish", "pointers"),
    [
        ({}, ["/kind"]),
        ({"kind": "exchange", "via": "pigeon"}, ["/kind", "/via"]),
        (CANCEL | {"wish": 1}, ["/wish"]),
        (CANCEL | {"changes": ELSEWHERE}, ["/changes"]),
        ({"kind": "modification"}, ["/changes"]),
        (modification({}), ["/changes"]),
        (modification({"total": {"amount": 1, "currency": "EUR"}}), ["/changes/total"]),
        (modification({"customer": {"name": "Bob"}}), ["/changes/customer/name"]),
        (modification({"lines": LINES}), ["/changes"]),
        (modification({"shipping_address": {"line1": "Invalidenstraße 116"}}), ["/changes"]),
        (modification({"shipping_address": None}), ["/changes/shipping_address"]),
        (modification({"lines": []}), ["/changes/lines"]),
        (modification({"lines": [{"sku": "TEA-01", "quantity": 0}]}), ["/changes/lines/0/quantity"]),
        (
            modification({"lines": [{"sku": "NEW", "quantity": 1}]}),
            ["/changes/lines/0/name", "/changes/lines/0/unit_price"],
        ),
        (
            modification({"customer": {"email": "nobody"}, "shipping_address": {"postal_code": "1"},
                          "estimated_delivery": {"to": "2020-01-01"}}),
            ["/changes/customer/email", "/changes/shipping_address/postal_code", "/changes/estimated_delivery/to",
             "/changes/estimated_delivery/to"],
        ),
        (modification({"customer": {"email": "a\x00@b.de"}}, reason="\x00"), ["/changes/customer/email", "/reason"]),
    ],
)  # fmt: skip
async def test_everything_wrong_with_a_wish_is_told_at_once(
    api: httpx.AsyncClient, wish: dict[str, object], pointers: list[str]
) -> None:
    order_id = await brought_to(api, "received")
    answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=wish)
    assert answer.status_code == 422, answer.text
    assert sorted(fault["pointer"] for fault in answer.json()["errors"]) == sorted(pointers)
    assert (await api.get("/v1/change-requests")).json()["items"] == []


@pytest.mark.parametrize("status", ["completed", "cancelled"])
async def test_an_order_that_has_ended_is_neither_changed_nor_cancelled(api: httpx.AsyncClient, status: str) -> None:
    order_id = await brought_to(api, status)  # type: ignore[arg-type]
    for wish in (CANCEL, modification(ELSEWHERE)):
        answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=wish)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:illegal-move")


async def test_an_incomplete_order_can_be_cancelled_and_is_completed_otherwise(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "incomplete")
    answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=modification(ELSEWHERE))
    assert (answer.status_code, answer.json()["order_status"]) == (409, "incomplete")
    assert (await asked(api, order_id, CANCEL))["status"] == "pending"


async def test_what_is_too_late_is_taken_in_and_declined_by_its_rule(api: httpx.AsyncClient) -> None:
    found = await requested(
        api, modification({"lines": [{"sku": "TEA-01", "quantity": 5}]}), status="partially_shipped"
    )
    assert (found["status"], found["outcome"], found["decided_by"]) == ("declined", "declined", "policy")
    assert found["policy"]["rule"] == "changes.lines.until"
    assert found["decision_reason"] == "Das ist beim jetzigen Stand Ihrer Bestellung nicht mehr möglich."
    assert [(word["actor"], word["outcome"]) for word in found["approvals"]] == [("policy", "declined")]
    messages = (await api.get(f"/v1/orders/{found['order_id']}/messages")).json()["items"]
    told = [each["milestone"] for each in messages if each["subject_id"] == found["id"]]
    assert told == ["change_acknowledged", "change_decided"]


async def test_what_has_left_must_stay_in_the_lines(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    await decided_by(begin, shop, changes=all_parts())
    order_id = str((await placed(api))["id"])
    for check in ("payment-check", "stock-check"):
        await did(await api.put(f"/v1/orders/{order_id}/{check}", json={"outcome": "passed"}))
    await dispatched(api, order_id, (1, 2))
    for lines, pointer in (([{"sku": "TEA-01", "quantity": 1}], "/0"), ([{"sku": "POT-01"}], "")):
        answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=modification({"lines": lines}))
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/changes/lines{pointer}"], answer.text
    await asked(api, order_id, modification({"lines": [{"sku": "TEA-01"}]}))


async def test_anothers_order_is_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    found = await requested(api)
    path, one = f"/v1/orders/{found['order_id']}/change-requests", f"/v1/change-requests/{found['id']}"
    for client, status in ((stranger, 404), (live_api, 404), (anonymous, 401)):
        assert (await client.post(path, json=CANCEL)).status_code == status
        assert (await client.get(one)).status_code == status
        assert (await client.post(f"{one}/decision", json={"outcome": "approved"})).status_code == status
        assert (await client.post(f"{one}/withdrawal")).status_code == status
    assert (await api.post(f"/v1/orders/{NOWHERE}/change-requests", json=CANCEL)).status_code == 404
    assert (await api.get(f"/v1/change-requests/{NO_REQUEST}")).status_code == 404
    assert (await api.get("/v1/change-requests/chg_1")).status_code == 404
    assert (await api.get(one)).json() == found


async def test_a_shop_that_sells_only_what_it_knows_is_asked_for_nothing_else(
    api: httpx.AsyncClient, begin: Begin, shop: Shop
) -> None:
    order_id = await brought_to(api, "processing")
    await decided_by(begin, shop, verification={"stock": "ledger", "accuracy": "ledger"})
    lines = [{"sku": "TEA-01"}, {"sku": "CUP-01", "name": "Cup", "quantity": 1, "unit_price": LINES[0]["unit_price"]}]
    answer = await api.post(f"/v1/orders/{order_id}/change-requests", json=modification({"lines": lines}))
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/changes/lines/1/sku"]
    await asked(api, order_id, modification({"lines": lines[:1]}))
