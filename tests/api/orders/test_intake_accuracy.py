"""Orders are held to what the shop sells, where its policy asks for it (SOP 4.1)."""

from typing import Any

import httpx
import pytest

from tests.fixtures.steps import LINES, body, did, order, placed

EXACT = {"verification": {"stock": "ledger", "accuracy": "ledger"}}


@pytest.fixture
async def exact(api: httpx.AsyncClient) -> httpx.AsyncClient:
    """A shop that sells tea at 5 EUR, and pots at any price; cups not any more."""
    await did(await api.patch("/v1/storefront", json={"policy": EXACT}))
    await did(await api.put("/v1/stock/TEA-01", json={"on_hand": 9, "unit_price": {"amount": 500, "currency": "EUR"}}))
    await did(await api.put("/v1/stock/POT-01", json={"on_hand": 0}))
    await did(await api.put("/v1/stock/CUP-01", json={"on_hand": 9, "is_discontinued": True}))
    return api


def lines(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [line | change for line, change in zip(LINES, changes, strict=True)]


WRONG = [
    ("unknown", lines({"sku": "ODD"}, {}), "/lines/0/sku", "is not an article of this storefront"),
    ("discontinued", lines({}, {"sku": "CUP-01"}), "/lines/1/sku", "is not sold any more"),
]
DEARER = {"unit_price": {"amount": 400, "currency": "EUR"}}


async def test_what_the_shop_sells_is_taken_though_there_is_none_of_it(exact: httpx.AsyncClient) -> None:
    answer = await exact.post("/v1/orders", json=body())
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("case", "posted", "pointer", "detail"), WRONG)
async def test_what_it_does_not_sell_is_refused_with_its_place(
    exact: httpx.AsyncClient, case: str, posted: list[dict[str, Any]], pointer: str, detail: str
) -> None:
    answer = await exact.post("/v1/orders", json=body(lines=posted))
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "detail": detail}])
    answer = await exact.post("/v1/orders", params={"validate_only": "true"}, json=body(lines=posted))
    assert answer.status_code == 422


async def test_another_price_is_refused_with_the_right_one(exact: httpx.AsyncClient) -> None:
    posted = body(lines=lines(DEARER, {}), total={"amount": 2800, "currency": "EUR"})
    answer = await exact.post("/v1/orders", json=posted)
    assert answer.json()["errors"] == [{"pointer": "/lines/0/unit_price", "detail": "is not its price, 500 EUR"}]


async def test_all_faults_are_told_at_once_those_of_the_catalogue_among_them(exact: httpx.AsyncClient) -> None:
    posted = body(lines=lines({"sku": "ODD"}, {"quantity": "one"}), payment=None)
    pointers = {fault["pointer"] for fault in (await exact.post("/v1/orders", json=posted)).json()["errors"]}
    assert {"/lines/0/sku", "/lines/1/quantity", "/payment"} <= pointers


async def test_leniently_it_is_incomplete_until_somebody_puts_it_right(exact: httpx.AsyncClient) -> None:
    found = await placed(exact, lines=lines({"sku": "ODD"}, {}))
    assert (found["status"], [part["pointer"] for part in found["missing"]]) == ("incomplete", ["/lines/0/sku"])
    path, version = f"/v1/orders/{found['id']}", found["version"]
    # Whatever else is told of it, it still names what is not sold.
    answer = await exact.patch(path, json={"metadata": {"a": 1}}, headers={"If-Match": f'"{version}"'})
    told = await did(answer)
    assert (told["status"], [part["pointer"] for part in told["missing"]]) == ("incomplete", ["/lines/0/sku"])
    put_right = {"lines": LINES}
    told = await did(await exact.patch(path, json=put_right, headers={"If-Match": answer.headers["etag"]}))
    assert (told["status"], told["missing"]) == ("received", [])


async def test_it_is_complete_once_the_shop_sells_what_it_names(exact: httpx.AsyncClient) -> None:
    found = await placed(exact, lines=lines({"sku": "NEW"}, {}))
    path, known = f"/v1/orders/{found['id']}", {"If-Match": '"1"'}
    assert await did(await exact.patch(path, json={}, headers=known)) == found
    await did(await exact.put("/v1/stock/NEW", json={"on_hand": 1}))
    # As it was read, without the numbers that tidings has given its lines.
    same = [{name: value for name, value in line.items() if name != "line"} for line in found["lines"]]
    told = await did(await exact.patch(path, json={"lines": same}, headers=known))
    assert (told["status"], told["missing"], told["version"]) == ("received", [], 2)


async def test_a_complete_order_is_corrected_though_its_article_is_not_sold_any_more(exact: httpx.AsyncClient) -> None:
    found = await placed(exact)
    await did(await exact.patch("/v1/stock/TEA-01", json={"is_discontinued": True}))
    patch = {"customer": {"phone": "+4915112345678"}}
    told = await did(await exact.patch(f"/v1/orders/{found['id']}", json=patch, headers={"If-Match": '"1"'}))
    assert told["customer"]["phone"] == "+4915112345678"


async def test_services_are_in_no_ledger(exact: httpx.AsyncClient) -> None:
    answer = await exact.post("/v1/orders", json=body(lines=lines({"sku": "HELP", "kind": "service"}, {})))
    assert answer.status_code == 201, answer.text


async def test_of_a_batch_each_order_is_held_to_it_by_itself(exact: httpx.AsyncClient) -> None:
    orders = [body(), body(lines=lines({"sku": "ODD"}, {})), body(lines=lines({}, {"sku": " POT-01 "})), {}, None, 7]
    results = (await did(await exact.post("/v1/orders/batch", json={"orders": orders})))["results"]
    assert [result["status"] for result in results] == [201, 422, 201, 422, 422, 422]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/lines/0/sku"


@pytest.mark.parametrize("sku", ["A" * 101, "A\x00", "\t", "", 7, None, ["TEA-01"], {"sku": "TEA-01"}])
async def test_what_is_no_number_is_refused_as_ever(exact: httpx.AsyncClient, sku: object) -> None:
    answer = await exact.post("/v1/orders", json=body(lines=lines({"sku": sku}, {})))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/lines/0/sku")
    for posted in (b"[", b"[]", b"7", b'{"lines": 7}', b'{"lines": [7]}'):
        answer = await exact.post("/v1/orders", content=posted, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}


async def test_a_shop_that_does_not_ask_for_it_sells_anything(api: httpx.AsyncClient) -> None:
    found = await placed(api, lines=lines({"sku": "ODD"}, {}))
    assert (await order(api, found["id"]))["status"] == "received"
