"""Decisions and withdrawals over HTTP: whose word counts, and what follows from it."""

import asyncio

import httpx
import pytest

from tests.fixtures.changes import (
    ANNA,
    BORIS,
    CANCEL,
    CLARA,
    ELSEWHERE,
    all_parts,
    approved,
    asked,
    decided_by,
    euros,
    modification,
    requested,
    said,
)
from tests.fixtures.shop import Shop
from tests.fixtures.steps import brought_to, did, dispatched, order
from tidings.kit.db import Begin


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("type", "")).removeprefix("urn:tidings:problem:")


async def told(api: httpx.AsyncClient, order_id: str) -> list[str]:
    items = (await api.get(f"/v1/orders/{order_id}/messages")).json()["items"]
    return [each["milestone"] for each in items]


async def open_tasks(api: httpx.AsyncClient) -> set[str]:
    return {task["kind"] for task in (await api.get("/v1/tasks?status=open")).json()["items"]}


async def test_an_approved_cancellation_ends_the_order_and_pays_back(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    found = await approved(api, wish, reason="nothing is packed yet")
    assert (found["status"], found["outcome"], found["decided_by"]) == ("carried_out", "approved", "staff/anna")
    assert found["decision_reason"] == "nothing is packed yet"
    (word,) = found["approvals"]
    assert {name: word[name] for name in ("actor", "outcome", "reason", "policy_version", "rule")} == {
        "actor": "staff/anna", "outcome": "approved", "reason": "nothing is packed yet",
        "policy_version": 1, "rule": "changes.cancellation.approval",
    }  # fmt: skip
    assert (found["refund"]["amount"], found["refund"]["status"]) == (euros(3000), "requested")
    assert (await order(api, wish["order_id"]))["status"] == "cancelled"
    milestones = await told(api, wish["order_id"])
    assert "change_decided" in milestones
    assert "order_cancelled" not in milestones, "the decision tells it"
    assert await open_tasks(api) == {"refund_by_hand"}


async def test_a_declined_one_changes_nothing(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    found = await did(await said(api, wish, "declined", reason="It has been packed."))
    assert (found["status"], found["refund"]) == ("declined", None)
    assert (await order(api, wish["order_id"]))["status"] == "processing"
    assert await open_tasks(api) == set()


async def test_the_one_who_comes_second_is_told_who_was_first(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    await did(await said(api, wish, "declined"))
    for answer in (await said(api, wish, by=BORIS), await api.post(f"/v1/change-requests/{wish['id']}/withdrawal")):
        assert kind_of(answer) == (409, "change-decided")
        assert (answer.json()["decided_by"], answer.json()["change_status"]) == ("staff/anna", "declined")


async def test_64_at_once_come_to_one_outcome(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    words = [said(api, wish, ("approved", "declined")[n % 2], {"Tidings-Actor": f"staff/{n}"}) for n in range(64)]
    answers = await asyncio.gather(*words)
    (first,) = [answer.json() for answer in answers if answer.status_code == 200]
    others = [answer for answer in answers if answer.status_code != 200]
    assert {kind_of(answer) for answer in others} == {(409, "change-decided")}
    assert {answer.json()["decided_by"] for answer in others} == {first["decided_by"]}
    assert len((await api.get(f"/v1/change-requests/{wish['id']}")).json()["approvals"]) == 1


async def test_who_asked_does_not_approve(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    by_anna, by_nobody = await asked(api, order_id, CANCEL, **ANNA), await asked(api, order_id, CANCEL)
    for wish, by in ((by_anna, ANNA), (by_anna, {}), (by_nobody, {})):
        answer = await said(api, wish, by=by)
        assert kind_of(answer) == (403, "requester-approves")
    assert (await did(await said(api, by_anna, "declined", ANNA)))["status"] == "declined"
    assert (await approved(api, by_nobody))["status"] == "carried_out"


async def test_dear_orders_take_two_different_approvers(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    await decided_by(begin, shop, changes={"two_approvers_from": 3000})
    wish = await requested(api)
    assert (wish["needs_approvals"], wish["policy"]["rule"]) == (2, "changes.two_approvers_from")
    first = await approved(api, wish, refund={"amount": euros(2000)})
    assert (first["status"], len(first["approvals"]), first["refund"]) == ("pending", 1, None)
    assert kind_of(await said(api, wish, by=ANNA)) == (409, "approved-already")
    assert kind_of(await said(api, wish, by=BORIS, refund={"amount": euros(2500)})) == (422, "invalid-input")
    second = await did(await said(api, wish, by=BORIS))
    assert (second["status"], second["refund"]["amount"]) == ("carried_out", euros(2000))
    assert [word["actor"] for word in second["approvals"]] == ["staff/anna", "staff/boris"]


async def test_one_of_two_declines(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    await decided_by(begin, shop, changes={"two_approvers_from": 1})
    wish = await requested(api)
    await approved(api, wish)
    found = await did(await said(api, wish, "declined", CLARA))
    assert (found["status"], [word["outcome"] for word in found["approvals"]]) == ("declined", ["approved", "declined"])


async def test_no_more_goes_back_than_came_in(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    answer = await said(api, wish, refund={"amount": euros(3001)})
    assert kind_of(answer) == (422, "refund-too-high")
    assert (answer.json()["at_most"], answer.json()["paid"]) == (euros(3000), 3000)
    for word in (
        await said(api, wish, refund={"amount": {"amount": 1, "currency": "USD"}}),
        await said(api, wish, "declined", refund={"amount": euros(1)}),
    ):
        assert kind_of(word) == (422, "invalid-input")
    assert (await approved(api, wish, refund={"amount": euros(0)}))["refund"] is None


async def test_what_left_meanwhile_is_not_cancelled_any_more(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    await dispatched(api, wish["order_id"], (1, 1))
    answer = await said(api, wish)
    assert kind_of(answer) == (409, "change-overtaken")
    assert (answer.json()["order_status"], answer.json()["possible"]) == ("partially_shipped", ["decline", "withdraw"])
    assert (await did(await said(api, wish, "declined")))["status"] == "declined"


async def test_a_withdrawn_one_owes_no_outcome(api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    path = f"/v1/change-requests/{wish['id']}/withdrawal"
    found = await did(await api.post(path, json={"reason": "has changed her mind"}))
    assert (found["status"], found["outcome"], found["decided_by"]) == ("withdrawn", None, "teahouse-test")
    assert kind_of(await api.post(path)) == (409, "change-decided")
    assert kind_of(await said(api, wish)) == (409, "change-decided")
    clocks = (await api.get(f"/v1/deadlines?order_id={wish['order_id']}&kind=change_decided")).json()["items"]
    assert [clock["status"] for clock in clocks] == ["cancelled"]
    assert await open_tasks(api) == set()
    assert "change_decided" not in await told(api, wish["order_id"])


async def test_a_modification_is_priced_anew_and_the_difference_goes_back(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    wish = await asked(api, order_id, modification({"lines": [{"sku": "TEA-01", "quantity": 3}], **ELSEWHERE}))
    assert wish["parts"] == ["shipping_address", "lines"]
    found = await approved(api, wish)
    now = await order(api, order_id)
    assert (now["total"], now["shipping_address"]["line1"]) == (euros(1500), "Chausseestr. 5")
    assert [(line["line"], line["sku"], line["quantity"]) for line in now["lines"]] == [(1, "TEA-01", 3)]
    assert found["refund"]["amount"] == euros(1500)
    assert "order_updated" not in await told(api, order_id)


async def test_a_dearer_one_is_collected_and_never_paid_back(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    lines = [{"sku": "TEA-01"}, {"sku": "POT-01", "quantity": 2}, {"sku": "TEA-01", "name": "Gift", "quantity": 1}]
    assert (await approved(api, await asked(api, order_id, modification({"lines": lines}))))["refund"] is None
    (task,) = [task for task in (await api.get("/v1/tasks")).json()["items"] if task["kind"] == "collect_payment"]
    assert (task["data"]["amount"], (await order(api, order_id))["total"]) == (2500, euros(5500))
    found = await approved(api, await asked(api, order_id, CANCEL))
    assert found["refund"]["amount"] == euros(3000), "what was paid"


async def test_two_that_collide_end_in_a_clear_state(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    three = await asked(api, order_id, modification({"lines": [{"sku": "TEA-01", "quantity": 3}]}))
    four = await asked(api, order_id, modification({"lines": [{"sku": "TEA-01", "quantity": 4}]}))
    moved = await asked(api, order_id, modification(ELSEWHERE))
    await approved(api, three)
    status = {wish["id"]: wish["status"] for wish in (await api.get("/v1/change-requests")).json()["items"]}
    assert status == {three["id"]: "carried_out", four["id"]: "lapsed", moved["id"]: "pending"}
    assert kind_of(await said(api, four)) == (409, "change-decided")


async def test_what_the_policy_approves_is_carried_out_in_the_same_call(
    api: httpx.AsyncClient, begin: Begin, shop: Shop
) -> None:
    rule = {"until": "processing", "approval": "automatic"}
    document = {"title": "Order Management Policy", "url": "https://shop.example/policy", "version": "2026-1"}
    await decided_by(
        begin, shop,
        changes={"cancellation": rule, "cancellation_fee": 500},
        documents={"order_management": document},
    )  # fmt: skip
    found = await requested(api)
    assert (found["status"], found["decided_by"], found["needs_approvals"]) == ("carried_out", "policy", 0)
    assert found["policy"] == {"version": 2, "rule": "changes.cancellation.approval", "document": document}
    assert [word["actor"] for word in found["approvals"]] == ["policy"]
    assert found["refund"]["amount"] == euros(2500)
    assert (await order(api, found["order_id"]))["status"] == "cancelled"


async def test_it_is_judged_by_the_rules_that_it_came_in_under(
    api: httpx.AsyncClient, begin: Begin, shop: Shop
) -> None:
    await decided_by(begin, shop, changes={"cancellation_fee": 500})
    wish = await requested(api)
    await decided_by(begin, shop, changes=all_parts(until="never") | {"cancellation_fee": 3000})
    found = await approved(api, wish)
    assert (found["policy"]["version"], found["refund"]["amount"]) == (2, euros(2500))


async def test_a_key_without_authority_decides_nothing(clients, shop: Shop, api: httpx.AsyncClient) -> None:
    wish = await requested(api)
    orders_only = await clients.with_scopes(shop.scope, "orders")
    assert kind_of(await said(orders_only, wish)) == (403, "scope-missing")
    assert (await orders_only.post(f"/v1/change-requests/{wish['id']}/withdrawal")).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/outcome"]),
        ({"outcome": "maybe"}, ["/outcome"]),
        ({"outcome": "approved", "by": "me"}, ["/by"]),
        ({"outcome": "approved", "refund": {"amount": {"amount": -1, "currency": "EUR"}}}, ["/refund/amount/amount"]),
        ({"outcome": "approved", "reason": ""}, ["/reason"]),
    ],
)
async def test_a_word_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, body: dict[str, object], pointers: list[str]
) -> None:
    wish = await requested(api)
    answer = await api.post(f"/v1/change-requests/{wish['id']}/decision", json=body)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, pointers)
