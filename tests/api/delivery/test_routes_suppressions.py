"""Suppressed addresses over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import new_id, wire

NEW = {"channel": "email", "address": "Ada@example.com"}


async def test_an_address_is_suppressed_once_by_hand(api: httpx.AsyncClient) -> None:
    made = await api.post("/v1/suppressions", json=NEW, headers={"Tidings-Actor": "staff/eve"})
    assert made.status_code == 201
    told = made.json()
    assert (told["address"], told["reason"], told["source"]) == ("ada@example.com", "manual", "staff/eve")
    again = await api.post("/v1/suppressions", json=NEW)
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    assert (await api.get(f"/v1/suppressions/{told['id']}")).json() == told


async def test_ending_one_takes_it_off_the_list_and_is_well_twice(api: httpx.AsyncClient) -> None:
    made = (await api.post("/v1/suppressions", json=NEW)).json()
    for _ in range(2):
        assert (await api.delete(f"/v1/suppressions/{made['id']}")).status_code == 204
    assert (await api.get("/v1/suppressions")).json()["items"] == []
    ended = (await api.get("/v1/suppressions", params={"ended": "true"})).json()["items"]
    assert [one["id"] for one in ended] == [made["id"]]
    assert ended[0]["ends_at"] is not None
    assert (await api.post("/v1/suppressions", json=NEW)).status_code == 201


async def test_a_bounce_shows_on_the_list_with_its_source(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "bounced")
    (one,) = (await api.get("/v1/suppressions", params={"channel": "email"})).json()["items"]
    assert (one["reason"], one["source"]) == ("hard_bounce", wire("att", attempt.id))
    assert (await api.get("/v1/suppressions", params={"channel": "sms"})).json()["items"] == []


async def test_by_hand_and_by_a_bounce_are_two_and_each_ends_by_itself(
    mailroom: Mailroom, api: httpx.AsyncClient
) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "bounced")
    (bounced,) = (await api.get("/v1/suppressions")).json()["items"]
    made = await api.post("/v1/suppressions", json=NEW | {"address": bounced["address"]})
    assert (made.status_code, made.json()["reason"]) == (201, "manual")
    await api.delete(f"/v1/suppressions/{made.json()['id']}")
    assert (await api.get("/v1/suppressions")).json()["items"] == [bounced]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"channel": "email"}, "/address"),
        ({"channel": "fax", "address": "x"}, "/channel"),
        ({"channel": "sms", "address": "0151"}, "/address"),
        (NEW | {"why": "because"}, "/why"),
        (NEW | {"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at"),
        (NEW | {"ends_at": "tomorrow"}, "/ends_at"),
    ],
)
async def test_faults_are_named_with_their_place(api: httpx.AsyncClient, body: dict[str, Any], pointer: str) -> None:
    answer = await api.post("/v1/suppressions", json=body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_nobody_elses_is_found(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = (await api.post("/v1/suppressions", json=NEW)).json()
    for client in (live_api, stranger):
        assert (await client.get(f"/v1/suppressions/{made['id']}")).status_code == 404
        assert (await client.delete(f"/v1/suppressions/{made['id']}")).status_code == 404
        assert (await client.get("/v1/suppressions")).json()["items"] == []
    assert (await api.get(f"/v1/suppressions/{wire('sup', new_id())}")).status_code == 404
    assert (await api.delete("/v1/suppressions/nonsense")).status_code == 404


async def test_they_are_for_operations(clients: Clients, mailroom: Mailroom) -> None:
    orders = await clients.with_scopes(mailroom.scope, "orders")
    assert (await orders.get("/v1/suppressions")).status_code == 403
    assert (await orders.post("/v1/suppressions", json=NEW)).status_code == 403
