"""Promises over HTTP."""

from datetime import timedelta

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import promised
from tidings.kit.ids import wire


async def test_an_orders_promise_is_listed_until_it_is_kept(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    message = await mailroom.owed()
    order = wire("ord", message.order_id)
    (running,) = (await api.get("/v1/deadlines", params={"status": "running", "order_id": order})).json()["items"]
    assert (running["kind"], running["order_id"], running["met_at"]) == ("order_confirmation", order, None)
    await mailroom.attempt(message, await mailroom.connect("email"))
    (met,) = (await api.get("/v1/deadlines", params={"status": "met", "kind": "order_confirmation"})).json()["items"]
    assert (met["id"], met["met_by"]) == (running["id"], wire("msg", message.id))
    assert (await api.get("/v1/deadlines", params={"status": "running"})).json()["items"] == []


async def test_what_was_not_told_in_time_is_missed(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    await promised(mailroom, timedelta(hours=1))
    mailroom.clock.advance(timedelta(hours=2))
    (missed,) = (await api.get("/v1/deadlines", params={"status": "missed"})).json()["items"]
    assert missed["status"] == "missed"


async def test_the_list_is_walked_by_link(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    made = [wire("ddl", await promised(mailroom, timedelta(hours=n))) for n in range(1, 4)]
    seen, url = [], "/v1/deadlines?limit=2"
    while url:
        answer = await api.get(url)
        seen += [one["id"] for one in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    assert seen == made


@pytest.mark.parametrize(
    "query", [{"status": "late"}, {"order_id": "x"}, {"due_after": "noon"}, {"due_before": "2026-11-23"}]
)
async def test_a_filter_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await api.get("/v1/deadlines", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"


async def test_promises_are_the_storefronts_own_and_for_operations(
    mailroom: Mailroom, clients: Clients, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await promised(mailroom, timedelta(hours=1))
    for client in (live_api, stranger):
        assert (await client.get("/v1/deadlines")).json()["items"] == []
    orders = await clients.with_scopes(mailroom.scope, "orders")
    assert (await orders.get("/v1/deadlines")).status_code == 403
