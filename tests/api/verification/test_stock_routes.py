"""The stock ledger over HTTP."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.errands import Errands
from tests.fixtures.shop import Shop
from tests.fixtures.steps import did, order, placed

PATH = "/v1/stock"
PRICE = {"amount": 1200, "currency": "EUR"}
LEDGER = {"verification": {"stock": "ledger"}}


def at(sku: str) -> str:
    return f"{PATH}/{quote(sku, safe='')}"


async def kept(api: httpx.AsyncClient, sku: str, on_hand: int, **more: Any) -> dict[str, Any]:
    return await did(await api.put(at(sku), json={"on_hand": on_hand, **more}))


async def keeps_a_ledger(api: httpx.AsyncClient) -> None:
    await did(await api.patch("/v1/storefront", json={"policy": LEDGER}))


async def test_an_article_is_kept_read_changed_and_moved(api: httpx.AsyncClient) -> None:
    answer = await api.put(at("TEA-01"), json={"on_hand": 40, "reason": "stocktaking", "unit_price": PRICE})
    first = await did(answer)
    assert (first["on_hand"], first["reserved"], first["available"], first["unit_price"]) == (40, 0, 40, PRICE)
    assert answer.headers["etag"] == f'"{first["version"]}"'
    read = await api.get(at("TEA-01"))
    assert (read.json(), read.headers["etag"]) == (first, answer.headers["etag"])
    changed = await did(await api.patch(at("TEA-01"), json={"is_discontinued": True}))
    assert (changed["is_discontinued"], changed["unit_price"], changed["on_hand"]) == (True, PRICE, 40)
    assert (await did(await api.patch(at("TEA-01"), json={"unit_price": None})))["unit_price"] is None
    moved = await api.post(
        f"{at('TEA-01')}/movements",
        json={"kind": "received", "quantity": 20, "reason": "delivery note 4711"},
        headers={"Tidings-Actor": "staff/7"},
    )
    assert moved.status_code == 201
    told = moved.json()
    assert (told["kind"], told["quantity"], told["actor"], told["order_id"]) == ("received", 20, "staff/7", None)
    assert (await did(await api.get(at("TEA-01"))))["on_hand"] == 60
    listed = (await did(await api.get(f"{at('TEA-01')}/movements")))["items"]
    assert [(each["kind"], each["quantity"]) for each in listed] == [("received", 20), ("counted", 40)]
    assert listed[0] == told


async def test_articles_are_listed_page_by_page_and_found_by_their_beginning(api: httpx.AsyncClient) -> None:
    for sku in ("TEA-02", "TEA-01", "POT-01"):
        await kept(api, sku, 1)
    first = await api.get(PATH, params={"limit": 2})
    assert [each["sku"] for each in first.json()["items"]] == ["POT-01", "TEA-01"]
    rest = await api.get(PATH, params={"limit": 2, "cursor": first.json()["next_cursor"]})
    assert ([each["sku"] for each in rest.json()["items"]], rest.json()["next_cursor"]) == (["TEA-02"], None)
    assert 'rel="next"' in first.headers["link"]
    found = (await did(await api.get(PATH, params={"sku_prefix": "TEA"})))["items"]
    assert [each["sku"] for each in found] == ["TEA-01", "TEA-02"]


@pytest.mark.parametrize(
    "sku", ["A/B", "A B", "%", "A%2FB", "Ä-Тест-茶", "🫖", "movements", "x/movements", "a?b#c", "'; --", "A" * 100]
)
async def test_odd_numbers_are_numbers_all_the_same(api: httpx.AsyncClient, sku: str) -> None:
    assert (await kept(api, sku, 3))["sku"] == sku
    assert (await did(await api.patch(at(sku), json={"is_discontinued": True})))["sku"] == sku
    moved = await api.post(f"{at(sku)}/movements", json={"kind": "returned", "quantity": 1})
    assert (moved.status_code, moved.json()["sku"]) == (201, sku)
    assert len((await did(await api.get(f"{at(sku)}/movements")))["items"]) == 2
    assert [each["on_hand"] for each in (await did(await api.get(PATH)))["items"]] == [4]


@pytest.mark.parametrize("sku", ["A" * 101, "A\x7f", " "])
async def test_what_no_order_could_name_is_no_number(api: httpx.AsyncClient, sku: str) -> None:
    for answer in (
        await api.get(at(sku)),
        await api.put(at(sku), json={"on_hand": 1}),
        await api.patch(at(sku), json={}),
        await api.get(f"{at(sku)}/movements"),
        await api.post(f"{at(sku)}/movements", json={"kind": "received", "quantity": 1}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/path/sku"


async def test_a_number_is_trimmed_as_an_orders_is(api: httpx.AsyncClient) -> None:
    assert (await kept(api, " TEA ", 1))["sku"] == "TEA"


async def test_what_the_ledger_does_not_know_is_not_found(api: httpx.AsyncClient) -> None:
    for answer in (
        await api.get(at("ODD")),
        await api.patch(at("ODD"), json={"is_discontinued": True}),
        await api.get(f"{at('ODD')}/movements"),
        await api.get(at("A\x00")),
        await api.get(at("A\nB")),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:tidings:problem:not-found")


async def test_fewer_than_are_promised_are_not_counted(api: httpx.AsyncClient, errands: Errands) -> None:
    await keeps_a_ledger(api)
    await kept(api, "TEA-01", 5)
    order_id = (await placed(api))["id"]
    await errands()
    assert (await order(api, order_id))["stock_check"] == "passed"
    for answer in (
        await api.put(at("TEA-01"), json={"on_hand": 1}),
        await api.post(f"{at('TEA-01')}/movements", json={"kind": "counted", "quantity": 1}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:stock-reserved")
        assert answer.json()["reserved"] == 2
    assert (await did(await api.get(at("TEA-01"))))["available"] == 3
    (reserved, _) = (await did(await api.get(f"{at('TEA-01')}/movements")))["items"]
    assert (reserved["kind"], reserved["quantity"], reserved["order_id"]) == ("reserved", 2, order_id)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": "reserved", "quantity": 1}, "/kind"),
        ({"kind": "received"}, "/quantity"),
        ({"kind": "received", "quantity": 0}, ""),
        ({"kind": "received", "quantity": -1}, "/quantity"),
        ({"kind": "received", "quantity": 1.5}, "/quantity"),
        ({"kind": "received", "quantity": True}, "/quantity"),
        ({"kind": "received", "quantity": 10**12 + 1}, "/quantity"),
        ({"kind": "received", "quantity": 1, "reason": "a\x00"}, "/reason"),
        ({"kind": "received", "quantity": 1, "count": 1}, "/count"),
    ],
)
async def test_faults_are_named_with_their_place(api: httpx.AsyncClient, body: dict[str, Any], pointer: str) -> None:
    answer = await api.post(f"{at('TEA')}/movements", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await api.get(at("TEA"))).status_code == 404


async def test_more_than_a_ledger_can_hold_is_refused(api: httpx.AsyncClient) -> None:
    await kept(api, "TEA", 10**12)
    answer = await api.post(f"{at('TEA')}/movements", json={"kind": "received", "quantity": 1})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/quantity")


async def test_nobody_overwrites_what_they_have_not_seen(api: httpx.AsyncClient) -> None:
    version = (await kept(api, "TEA", 1))["version"]
    for method in ("PUT", "PATCH"):
        answer = await api.request(
            method, at("TEA"), json={"on_hand": 2} if method == "PUT" else {}, headers={"If-Match": '"77"'}
        )
        assert (answer.status_code, answer.json()["type"]) == (412, "urn:tidings:problem:precondition-failed")
    answer = await api.put(at("TEA"), json={"on_hand": 2}, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200


async def test_a_movement_told_twice_with_its_key_is_one(api: httpx.AsyncClient) -> None:
    told, headers = {"kind": "received", "quantity": 5}, {"Idempotency-Key": "note-4711"}
    answers = [await api.post(f"{at('TEA')}/movements", json=told, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert (await did(await api.get(at("TEA"))))["on_hand"] == 5


async def test_everybody_has_a_ledger_of_their_own(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await kept(api, "TEA", 5)
    for client in (live_api, stranger):
        assert (await client.get(at("TEA"))).status_code == 404
        assert (await client.get(PATH)).json()["items"] == []


async def test_operations_move_stock_and_orders_look_at_it(clients: Clients, shop: Shop) -> None:
    operations, orders = [await clients.with_scopes(shop.scope, scope) for scope in ("operations", "orders")]
    await kept(operations, "TEA", 5)
    assert (await orders.get(at("TEA"))).status_code == 200
    for answer in (
        await orders.put(at("TEA"), json={"on_hand": 6}),
        await orders.patch(at("TEA"), json={}),
        await orders.post(f"{at('TEA')}/movements", json={"kind": "received", "quantity": 1}),
    ):
        assert answer.status_code == 403
