"""The shop's own data over HTTP."""

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.settings import Settings
from tidings.storefronts.policy import Policy

PATH = "/v1/storefront"


async def test_the_storefront_is_the_keys_own(api: httpx.AsyncClient, stranger: httpx.AsyncClient, shop: Shop) -> None:
    answer = await api.get(PATH)
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["slug"] == shop.slug
    assert answer.json()["policy"] == Policy().model_dump(mode="json")
    assert (await stranger.get(PATH)).json()["slug"] == "bookshop"


async def test_a_change_is_answered_with_the_new_version(api: httpx.AsyncClient, live_api: httpx.AsyncClient) -> None:
    answer = await api.patch(PATH, json={"locale": "en-GB", "legal": {"company": "Teahouse Ltd"}})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["legal"] == {"company": "Teahouse Ltd"}
    # The same shop in both modes.
    assert (await live_api.get(PATH)).json()["locale"] == "en-GB"


async def test_the_second_of_two_changes_is_told(api: httpx.AsyncClient) -> None:
    first = await api.get(PATH)
    for name, status in (("One", 200), ("Two", 412)):
        answer = await api.patch(PATH, json={"name": name}, headers={"If-Match": first.headers["etag"]})
        assert answer.status_code == status
    assert answer.json()["type"] == "urn:tidings:problem:precondition-failed"
    assert answer.headers["etag"] == '"2"'
    assert (await api.get(PATH)).json()["name"] == "One"


async def test_faults_are_told_at_once_and_with_their_places(api: httpx.AsyncClient) -> None:
    change = {"time_zone": "Berlin", "contact": {"email": "x", "fax": "1"}, "slug": "other"}
    answer = await api.patch(PATH, json=change)
    assert answer.status_code == 422
    faults = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
    assert set(faults) == {"/time_zone", "/contact/email", "/contact/fax", "/slug"}
    assert faults["/contact/email"] == "is not an e-mail address: An email address must have an @-sign"


async def test_a_shop_may_have_an_international_address(api: httpx.AsyncClient) -> None:
    answer = await api.patch(PATH, json={"contact": {"email": "hallo@müller.example"}})
    assert (answer.status_code, answer.json()["contact"]) == (200, {"email": "hallo@müller.example"})


async def test_a_calendar_that_makes_no_sense_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.patch(PATH, json={"calendar": {"hours": {"mon": [["17:00", "09:00"]]}}})
    assert answer.status_code == 422
    fault = {"pointer": "/calendar/hours", "detail": "mon: 17:00-09:00 ends before it begins"}
    assert answer.json()["errors"] == [fault]


async def test_only_administrators_see_and_change_it(clients: Clients, shop: Shop) -> None:
    client = await clients.with_scopes(shop.scope, "orders", "operations", "templates")
    assert (await client.get(PATH)).status_code == 403
    assert (await client.patch(PATH, json={})).status_code == 403


class TestKept:
    """With shops kept in memory, as in production."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"api": settings.api.model_copy(update={"key_cache_seconds": 60})})

    async def test_a_change_counts_at_once_in_the_process_that_made_it(self, api: httpx.AsyncClient) -> None:
        assert (await api.post("/v1/orders", json=order_body(number=None))).status_code == 201
        assert (await api.patch(PATH, json={"sales_channels": ["phone"]})).status_code == 200
        answer = await api.post("/v1/orders", json=order_body(number=None))
        assert answer.json()["errors"][0]["pointer"] == "/sales_channel"


async def test_its_policy_numbers_its_orders(api: httpx.AsyncClient) -> None:
    for prefix in ("T-", "W/26-"):
        await api.patch(PATH, json={"policy": {"order_number_prefix": prefix}})
        placed = await api.post("/v1/orders", json=order_body(number=None))
        assert placed.json()["number"].startswith(prefix)


async def test_who_changed_it_is_on_record(api: httpx.AsyncClient) -> None:
    await api.patch(PATH, json={"name": "Tea House"}, headers={"Tidings-Actor": "staff/ada"})
    (record,) = (await api.get("/v1/records?kind=storefront.changed")).json()["items"]
    assert (record["actor"], record["data"]) == ("staff/ada", {"changed": ["name"], "version": 2})
