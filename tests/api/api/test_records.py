"""The audit trail over HTTP."""

from hashlib import sha256

import httpx

from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tests.fixtures.steps import did, placed
from tidings.kit.ids import new_id, wire

PATH = "/v1/records"


async def test_what_was_done_is_told_oldest_first_with_who_did_it(api: httpx.AsyncClient) -> None:
    connection = {"name": "sms-main", "channel": "sms", "provider": "sandbox"}
    await api.post("/v1/connections", json=connection, headers={"Tidings-Actor": "staff/ada"})
    await api.patch("/v1/storefront", json={"name": "Tea House"})
    first, second = (await api.get(PATH)).json()["items"]
    assert (first["kind"], first["actor"], first["mode"], first["order_id"]) == (
        "connection.added", "staff/ada", "test", None,
    )  # fmt: skip
    assert first["id"].startswith("rec_")
    assert first["subject"].startswith("con_")
    assert (second["kind"], second["actor"], second["mode"]) == ("storefront.changed", "teahouse-test", None)


async def test_filters_are_taken(api: httpx.AsyncClient) -> None:
    await api.patch("/v1/storefront", json={"name": "Tea House"})
    assert len((await api.get(PATH, params={"kind": "storefront.changed"})).json()["items"]) == 1
    assert not (await api.get(PATH, params={"order_id": wire("ord", new_id())})).json()["items"]
    answer = await api.get(PATH, params={"order_id": "nonsense"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/order_id"


async def test_pages_follow_each_other(api: httpx.AsyncClient) -> None:
    for n in range(3):
        await api.patch("/v1/storefront", json={"name": f"Tea House {n}"})
    first = await api.get(PATH, params={"limit": 2})
    assert 'rel="next"' in first.headers["link"]
    second = await api.get(PATH, params={"limit": 2, "cursor": first.json()["next_cursor"]})
    versions = [item["data"]["version"] for answer in (first, second) for item in answer.json()["items"]]
    assert versions == [2, 3, 4]
    assert second.json()["next_cursor"] is None


async def test_other_storefronts_have_their_own(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    await api.patch("/v1/storefront", json={"name": "Tea House"})
    assert (await stranger.get(PATH)).json()["items"] == []


async def test_auditing_is_for_operations_and_administrators(clients: Clients, shop: Shop) -> None:
    for scopes, status in ((("orders", "templates"), 403), (("operations",), 200), (("admin",), 200)):
        client = await clients.with_scopes(shop.scope, *scopes)
        assert (await client.get(PATH)).status_code == status


async def test_whoever_reads_the_words_can_prove_that_they_are_those_of_the_record(api: httpx.AsyncClient) -> None:
    order_id = (await placed(api))["id"]
    await did(await api.post(f"/v1/orders/{order_id}/cancellation", json={"reason": "Ada rang. ☎"}))
    found = (await api.get(PATH, params={"kind": "order.cancelled"})).json()["items"]
    (record,) = found
    assert record["words"] == {"reason": "Ada rang. ☎"}
    said = record["words"]["reason"].encode()
    made = sha256(bytes.fromhex(record["salt"]) + len(said).to_bytes(8, "big") + said).hexdigest()
    assert record["data"]["reason_digest"] == made
    assert "Ada" not in str(record["data"])
    timeline = (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]
    assert [item["data"]["reason"] for item in timeline if item["kind"] == "order.cancelled"] == ["Ada rang. ☎"]
    (received,) = (await api.get(PATH, params={"kind": "order.placed"})).json()["items"]
    assert (received["words"], received["salt"]) == ({}, None)
