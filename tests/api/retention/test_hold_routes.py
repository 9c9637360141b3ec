"""Legal holds over HTTP."""

from datetime import datetime

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.drained import one
from tests.fixtures.errands import Errands
from tests.fixtures.privacy import CUSTOMER, EMAIL, PHONE, Left, her_order
from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, did, order
from tidings.kit.db import Begin
from tidings.retention.map import SLICES
from tidings.retention.run import run_retention

NO_HOLD = f"hld_{0:032x}"


async def test_a_hold_is_placed_found_and_released_once(api: httpx.AsyncClient, begin: Begin) -> None:
    order_id = await her_order(api)
    body = {"reach": "order", "order_id": order_id, "reason": "Lawsuit 12 C 345/26"}
    answer = await api.post("/v1/holds", json=body, headers={"Tidings-Actor": "staff/eve"})
    hold = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/holds/{hold['id']}")
    assert (hold["reach"], hold["order_id"], hold["placed_by"]) == ("order", order_id, "staff/eve")
    assert (await did(await api.get(answer.headers["Location"]))) == hold
    assert (await did(await api.get("/v1/holds")))["items"] == [hold]
    path = f"/v1/holds/{hold['id']}/release"
    released = await did(await api.post(path, json={"reason": "Settled"}))
    assert (released["release_reason"], released["released_at"] is None) == ("Settled", False)
    again = await api.post(path)
    assert (again.status_code, again.json()["type"]) == (409, "urn:tidings:problem:hold-released")
    assert (await did(await api.get("/v1/holds")))["items"] == []
    assert (await did(await api.get("/v1/holds?released=true")))["items"] == [released]
    kinds = await one(begin, "SELECT array_agg(kind ORDER BY id) FROM records WHERE kind LIKE 'hold.%'")
    assert kinds[0] == ["hold.placed", "hold.released"]


@pytest.mark.parametrize(
    "body",
    [
        {"reach": "order"},
        {"reach": "customer"},
        {"reach": "order", "order_id": NOWHERE, "email": EMAIL},
        {"reach": "storefront", "email": EMAIL},
        {"reach": "customer", "phone": "not a number"},
        {"reach": "everybody"},
    ],
)
async def test_a_hold_on_nothing_in_particular_is_refused(api: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert (await api.post("/v1/holds", json=body | {"reason": "why"})).status_code == 422


async def test_what_is_not_there_is_not_held(api: httpx.AsyncClient) -> None:
    body = {"reach": "order", "order_id": NOWHERE, "reason": "why"}
    assert (await api.post("/v1/holds", json=body)).status_code == 404
    assert (await api.get(f"/v1/holds/{NO_HOLD}")).status_code == 404
    assert (await api.post(f"/v1/holds/{NO_HOLD}/release")).status_code == 404


async def test_only_administrators_place_holds(clients: Clients, shop: Shop) -> None:
    client = await clients.with_scopes(shop.scope, "orders", "operations")
    assert (await client.post("/v1/holds", json={"reach": "storefront", "reason": "why"})).status_code == 403


@pytest.mark.parametrize("reach", ["order", "customer", "phone", "storefront"])
async def test_a_hold_stops_an_erasure_which_goes_on_when_it_is_released(
    api: httpx.AsyncClient, minute_later: Errands, reach: str
) -> None:
    order_id = await her_order(api)
    on = {
        "order": {"reach": "order", "order_id": order_id},
        "customer": {"reach": "customer", "email": EMAIL.lower()},
        "phone": {"reach": "customer", "phone": PHONE},
        "storefront": {"reach": "storefront"},
    }[reach]
    hold = await did(await api.post("/v1/holds", json=on | {"reason": "why"}))
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL}))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"]) == ("refused", 0)
    assert [(one["order_id"], one["why"]) for one in told["kept"]] == [(order_id, "hold")]
    assert (await order(api, order_id))["customer"]["email"].lower() == EMAIL.lower()
    await did(await api.post(f"/v1/holds/{hold['id']}/release"))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"], told["kept"]) == ("done", 1, [])
    assert (await order(api, order_id))["customer"] is None


async def test_a_hold_on_one_of_two_orders_lets_the_other_be_erased(
    api: httpx.AsyncClient, minute_later: Errands
) -> None:
    held, free = await her_order(api), await her_order(api)
    await did(await api.post("/v1/holds", json={"reach": "order", "order_id": held, "reason": "why"}))
    asked = await did(await api.post("/v1/erasures", json={"phone": PHONE}))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"]) == ("partly", 1)
    assert [one["order_id"] for one in told["kept"]] == [held]
    assert (await order(api, free))["customer"] is None
    assert (await order(api, held))["customer"] is not None


SUPPRESSED = {"channel": "email", "address": EMAIL}


async def suppressed(api: httpx.AsyncClient) -> list[str]:
    return [one["address"] for one in (await did(await api.get("/v1/suppressions")))["items"]]


@pytest.mark.parametrize("on", [{"reach": "storefront"}, {"reach": "customer", "email": EMAIL}])
async def test_a_hold_keeps_what_is_known_of_somebody_who_has_no_order(
    api: httpx.AsyncClient, minute_later: Errands, left: Left, on: dict[str, str]
) -> None:
    hold = await did(await api.post("/v1/holds", json=on | {"reason": "why"}))
    nothing = await did(await api.post("/v1/erasures", json={"email": "nobody@example.com"}))
    await did(await api.post("/v1/suppressions", json=SUPPRESSED))
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL}))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"]) == ("refused", 0)
    assert [(one["order_id"], one["what"], one["count"], one["why"]) for one in told["kept"]] == [
        (None, "beside_orders", 1, "hold")
    ]
    assert await suppressed(api) == [EMAIL.lower()]
    # Of whoever nothing is known, nothing is kept.
    assert (await did(await api.get(f"/v1/erasures/{nothing['id']}")))["status"] == "done"
    await did(await api.post(f"/v1/holds/{hold['id']}/release"))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["kept"]) == ("done", [])
    assert await left() == []


async def test_a_hold_on_one_address_keeps_what_came_from_it_though_the_orders_go(
    api: httpx.AsyncClient, minute_later: Errands, keeper: Begin, shop: Shop, left: Left
) -> None:
    await her_order(api, customer=CUSTOMER | {"phone": None})
    hold = await did(await api.post("/v1/holds", json={"reach": "customer", "phone": PHONE, "reason": "why"}))
    await did(await api.post("/v1/suppressions", json=SUPPRESSED | {"channel": "sms", "address": PHONE}))
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL, "phone": PHONE}))
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"]) == ("partly", 1)
    assert [one["what"] for one in told["kept"]] == ["beside_orders"]
    # A round of retention does not take it for done.
    now = datetime.fromisoformat(hold["placed_at"])
    await run_retention(keeper, shop.scope, SLICES, actor="tests", now=now)
    assert (await did(await api.get(f"/v1/erasures/{asked['id']}")))["status"] == "partly"
    assert await suppressed(api) == [PHONE]
    await did(await api.post(f"/v1/holds/{hold['id']}/release"))
    await minute_later()
    assert (await did(await api.get(f"/v1/erasures/{asked['id']}")))["status"] == "done"
    assert await left() == []
