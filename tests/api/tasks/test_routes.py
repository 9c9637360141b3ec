"""Tasks over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import new_id, wire


async def test_a_task_is_listed_read_and_closed(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    order = new_id()
    task = wire("tsk", await opened(mailroom, "msg_1", order_id=order))
    listed = (await api.get("/v1/tasks", params={"status": "open", "order_id": wire("ord", order)})).json()
    assert [one["id"] for one in listed["items"]] == [task]
    assert (await api.get(f"/v1/tasks/{task}")).json() == listed["items"][0]
    told = {"outcome": "called", "notes": "Two lines,\nwritten down."}
    headers = {"Tidings-Actor": "staff/eve", "Idempotency-Key": "k-1"}
    answers = [await api.post(f"/v1/tasks/{task}/outcome", json=told, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    closed = answers[1].json()
    assert (closed["status"], closed["outcome"], closed["notes"]) == ("done", told["outcome"], told["notes"])
    assert closed["closed_by"] == "staff/eve"


async def test_a_closed_task_is_not_closed_again(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    task = wire("tsk", await opened(mailroom, "msg_1"))
    for status in (200, 409):
        answer = await api.post(f"/v1/tasks/{task}/outcome", json={"outcome": "called"})
        assert answer.status_code == status
    assert answer.json()["type"] == "urn:tidings:problem:task-closed"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/outcome"),
        ({"outcome": ""}, "/outcome"),
        ({"outcome": "two\nlines"}, "/outcome"),
        ({"outcome": "called", "note": "x"}, "/note"),
        ({"outcome": "called", "notes": 1}, "/notes"),
    ],
)
async def test_faults_are_named_with_their_place(
    mailroom: Mailroom, api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    task = wire("tsk", await opened(mailroom, "msg_1"))
    answer = await api.post(f"/v1/tasks/{task}/outcome", json=body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "query", [{"status": "lost"}, {"kind": "x"}, {"order_id": "tsk_1"}, {"due_before": "2026-11-23T00:00:00"}]
)
async def test_a_filter_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await api.get("/v1/tasks", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"


async def test_nobody_elses_task_is_found(
    mailroom: Mailroom, api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    task = wire("tsk", await opened(mailroom, "msg_1"))
    for client in (live_api, stranger):
        assert (await client.get(f"/v1/tasks/{task}")).status_code == 404
        assert (await client.post(f"/v1/tasks/{task}/outcome", json={"outcome": "x"})).status_code == 404
        assert (await client.get("/v1/tasks")).json()["items"] == []
    assert (await api.get("/v1/tasks/nonsense")).status_code == 404


async def test_tasks_are_for_operations(clients: Clients, mailroom: Mailroom) -> None:
    orders = await clients.with_scopes(mailroom.scope, "orders")
    assert (await orders.get("/v1/tasks")).status_code == 403
