"""Issues over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, brought_to, did, order, passed, placed

NO_ISSUE = f"iss_{0:032x}"
TOLD = {"details": "The house has no number.", "next_steps": "Please tell us the number."}


async def opened(api: httpx.AsyncClient, order_id: str, **more: Any) -> dict[str, Any]:
    return await did(await api.post(f"/v1/orders/{order_id}/issues", json={"kind": "address_problem"} | more))


async def test_an_issue_is_opened_found_and_resolved(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    answer = await api.post(
        f"/v1/orders/{order_id}/issues",
        json={"kind": "address_problem", **TOLD},
        headers={"Tidings-Actor": "staff/eve"},
    )
    issue = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/issues/{issue['id']}")
    assert {name: issue[name] for name in TOLD} == TOLD
    assert (issue["status"], issue["order_id"], issue["opened_by"]) == ("open", order_id, "staff/eve")
    assert (await api.get(answer.headers["Location"])).json() == issue
    assert (await order(api, order_id))["on_hold"] is True
    assert [one["id"] for one in (await api.get("/v1/orders?on_hold=true")).json()["items"]] == [order_id]
    settled = await did(
        await api.post(f"/v1/issues/{issue['id']}/resolution", json={"resolution": "You told us: it is 7."})
    )
    assert (settled["status"], settled["resolution"]) == ("resolved", "You told us: it is 7.")
    assert (await order(api, order_id))["on_hold"] is False
    messages = (await api.get(f"/v1/orders/{order_id}/messages")).json()["items"]
    assert {"issue_notification", "issue_resolved"} <= {message["milestone"] for message in messages}


async def test_a_hold_lasts_until_the_last_issue_is_resolved(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    first, second = await opened(api, order_id), await opened(api, order_id)
    await passed(api, order_id)
    for issue, status in ((first, "received"), (second, "processing")):
        assert (await order(api, order_id))["status"] == "received"
        await did(await api.post(f"/v1/issues/{issue['id']}/resolution", json={}))
        assert (await order(api, order_id))["status"] == status


async def test_the_same_issue_with_the_same_key_is_opened_and_resolved_once(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    path, key = f"/v1/orders/{order_id}/issues", {"Idempotency-Key": "i-1"}
    answers = [await api.post(path, json={"kind": "other"}, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    path, key = f"/v1/issues/{answers[0].json()['id']}/resolution", {"Idempotency-Key": "i-2"}
    settled = [await api.post(path, json={}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in settled] == [200, 200]
    assert settled[0].content == settled[1].content


async def test_what_is_resolved_is_neither_resolved_again_nor_handed_on(api: httpx.AsyncClient) -> None:
    issue = await opened(api, (await placed(api))["id"])
    headers = {"Tidings-Actor": "staff/eve"}
    await did(await api.post(f"/v1/issues/{issue['id']}/resolution", json={}, headers=headers))
    for answer in (
        await api.post(f"/v1/issues/{issue['id']}/resolution", json={}),
        await api.patch(f"/v1/issues/{issue['id']}", json={"owner": "staff/bo"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:issue-resolved")
        assert (answer.json()["issue"], answer.json()["resolved_by"]) == (issue["id"], "staff/eve")


@pytest.mark.parametrize("status", ["completed", "cancelled"])
async def test_an_order_that_has_ended_has_no_more_issues(status: Any, api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, status)
    answer = await api.post(f"/v1/orders/{order_id}/issues", json={"kind": "other"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:illegal-move")
    assert (answer.json()["order_status"], answer.json()["allowed"]) == (status, [])


async def test_issues_are_listed_by_what_they_are(api: httpx.AsyncClient, clock: FixedClock) -> None:
    order_id = (await placed(api))["id"]
    due_at = (clock.now() + timedelta(hours=1)).isoformat()
    first = await opened(api, order_id, owner="staff/anna", due_at=due_at)
    second = await opened(api, (await placed(api))["id"], kind="other")
    await did(await api.post(f"/v1/issues/{second['id']}/resolution", json={}))
    for query, found in (
        ({}, [first, second]),
        ({"status": "open"}, [first]),
        ({"kind": "other"}, [second]),
        ({"order_id": order_id}, [first]),
        ({"owner": "staff/anna"}, [first]),
        ({"due_before": (clock.now() + timedelta(hours=2)).isoformat()}, [first]),
    ):
        items = (await api.get("/v1/issues", params=query)).json()["items"]
        assert [one["id"] for one in items] == [one["id"] for one in found], query
    page = await api.get("/v1/issues?limit=1")
    rest = await api.get(page.links["next"]["url"])
    assert [one["id"] for one in (*page.json()["items"], *rest.json()["items"])] == [first["id"], second["id"]]


async def test_an_issue_is_handed_on(api: httpx.AsyncClient) -> None:
    issue = await opened(api, (await placed(api))["id"], owner="staff/anna", **TOLD)
    after = await did(await api.patch(f"/v1/issues/{issue['id']}", json={"owner": "staff/bo", "next_steps": None}))
    assert (after["owner"], after["next_steps"], after["details"]) == ("staff/bo", None, TOLD["details"])
    (task,) = (await api.get("/v1/tasks", params={"owner": "staff/bo"})).json()["items"]
    assert (task["kind"], task["data"]["issue"]) == ("handle_issue", issue["id"])


async def test_what_the_customer_is_not_told_of_is_said(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    issue = await opened(api, order_id, notify=False)
    assert issue["notify"] is False
    await did(await api.post(f"/v1/issues/{issue['id']}/resolution", json={"resolution": "Done."}))
    messages = (await api.get(f"/v1/orders/{order_id}/messages")).json()["items"]
    assert [message["milestone"] for message in messages] == ["order_confirmation"]


async def test_faults_are_named_with_their_places(api: httpx.AsyncClient, clock: FixedClock) -> None:
    order_id = (await placed(api))["id"]
    issue = await opened(api, order_id)
    past = (clock.now() - timedelta(seconds=1)).isoformat()
    for body, pointer in (
        ({}, "/kind"),
        ({"kind": "lost"}, "/kind"),
        ({"kind": "other", "owner": "anna"}, "/owner"),
        ({"kind": "other", "due_at": "tomorrow"}, "/due_at"),
        ({"kind": "other", "due_at": past}, "/due_at"),
        ({"kind": "other", "details": "a\x00b"}, "/details"),
        ({"kind": "other", "nextsteps": "x"}, "/nextsteps"),
    ):
        answer = await api.post(f"/v1/orders/{order_id}/issues", json=body)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer]), body
    for method, path, body, pointer in (
        ("PATCH", "", {"kind": "other"}, "/kind"),
        ("PATCH", "", {"due_at": past}, "/due_at"),
        ("POST", "/resolution", {"resolution": ""}, "/resolution"),
        ("POST", "/resolution", {"outcome": "x"}, "/outcome"),
    ):
        answer = await api.request(method, f"/v1/issues/{issue['id']}{path}", json=body)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer]), body
    for query in ({"status": "lost"}, {"kind": "x"}, {"order_id": "iss_1"}, {"due_before": "today"}):
        answer = await api.get("/v1/issues", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/query/{next(iter(query))}")


async def test_nobody_elses_issue_is_there(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    issue = await opened(api, (await placed(api))["id"])
    calls = (("GET", "", None), ("PATCH", "", {"owner": "staff/bo"}), ("POST", "/resolution", {}))
    for client, status in ((live_api, 404), (stranger, 404), (anonymous, 401)):
        for method, path, body in calls:
            assert (await client.request(method, f"/v1/issues/{issue['id']}{path}", json=body)).status_code == status
    for issue_id in (NO_ISSUE, NOWHERE, "iss_1"):
        for method, path, body in calls:
            assert (await api.request(method, f"/v1/issues/{issue_id}{path}", json=body)).status_code == 404
    assert (await stranger.get("/v1/issues")).json()["items"] == []


async def test_staff_settle_issues_and_both_sides_of_the_house_read_them(
    api: httpx.AsyncClient, clients: Clients, shop: Shop
) -> None:
    issue = await opened(api, (await placed(api))["id"])
    orders, templates = [await clients.with_scopes(shop.scope, scope) for scope in ("orders", "templates")]
    path = f"/v1/issues/{issue['id']}"
    assert [(await client.get(path)).status_code for client in (orders, templates)] == [200, 403]
    for client in (orders, templates):
        assert (await client.patch(path, json={"owner": "staff/bo"})).status_code == 403
        assert (await client.post(f"{path}/resolution", json={})).status_code == 403
