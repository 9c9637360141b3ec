"""The event log over HTTP."""

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import wire


async def test_an_event_carries_the_order_as_it_was(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    message = await mailroom.owed()
    (event,) = (await api.get("/v1/events")).json()["items"]
    assert set(event) == {"id", "type", "sequence", "order_sequence", "occurred_at", "data"}
    assert (event["type"], event["order_sequence"]) == ("order.placed", 1)
    assert event["id"].startswith("evt_")
    assert event["data"]["order_id"] == wire("ord", message.order_id) == event["data"]["order"]["id"]
    order = (await api.get(f"/v1/orders/{event['data']['order_id']}")).json()
    assert event["data"]["order"] == order


async def test_the_log_is_walked_by_link_and_by_id(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    orders = [wire("ord", (await mailroom.owed()).order_id) for _ in range(5)]
    seen, url = [], "/v1/events?limit=2"
    while url:
        answer = await api.get(url)
        seen += [event["data"]["order_id"] for event in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    assert seen == orders
    third = (await api.get("/v1/events?limit=3")).json()["items"][-1]
    for after in (third["id"], third["sequence"]):
        rest = (await api.get("/v1/events", params={"after": after})).json()
        assert [event["data"]["order_id"] for event in rest["items"]] == orders[3:]
        assert rest["next_cursor"] is None
    assert (await api.get("/v1/events", params={"after": 0})).json()["items"][0]["data"]["order_id"] == orders[0]


@pytest.mark.parametrize(("after", "status"), [("x", 422), ("9" * 30, 422), ("evt_" + "0" * 32, 404)])
async def test_what_is_no_place_in_the_log_is_refused(api: httpx.AsyncClient, after: str, status: int) -> None:
    assert (await api.get("/v1/events", params={"after": after})).status_code == status


async def test_every_storefront_and_mode_has_a_log_of_its_own(
    mailroom: Mailroom, api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await mailroom.owed()
    (event,) = (await api.get("/v1/events")).json()["items"]
    for client in (live_api, stranger):
        assert (await client.get("/v1/events")).json()["items"] == []
        assert (await client.get("/v1/events", params={"after": event["id"]})).status_code == 404


async def test_the_log_is_for_orders_and_operations(clients: Clients, mailroom: Mailroom) -> None:
    for scope, status in (("orders", 200), ("operations", 200), ("templates", 403)):
        client = await clients.with_scopes(mailroom.scope, scope)  # type: ignore[arg-type]
        assert (await client.get("/v1/events")).status_code == status
