import httpx

from tests.clock import FixedClock
from tests.fixtures.steps import NO_PARCEL, NOWHERE, arrived, brought_to, dispatched, order, placed

PARCEL = {"carrier": "DHL", "tracking_number": "0034", "tracking_url": "https://carrier.example/track/0034"}


async def test_a_parcel_is_dispatched_and_found_again(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    answer = await api.post(f"/v1/orders/{order_id}/shipments", json=PARCEL | {"lines": [{"line": 1, "quantity": 1}]})
    parcel = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/shipments/{parcel['id']}")
    assert {name: parcel[name] for name in PARCEL} == PARCEL
    assert (parcel["status"], parcel["order_id"], parcel["events"]) == ("dispatched", order_id, [])
    assert parcel["lines"] == [{"line": 1, "sku": "TEA-01", "name": "Green tea 100 g", "quantity": 1}]
    assert [(line["line"], line["quantity"]) for line in parcel["remaining"]] == [(1, 1), (2, 1)]
    assert (await api.get(answer.headers["Location"])).json() == parcel
    assert (await api.get(f"/v1/orders/{order_id}/shipments")).json()["items"] == [parcel]
    assert (await order(api, order_id))["status"] == "partially_shipped"


async def test_parcels_are_listed_stretch_by_stretch(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    sent = [(await dispatched(api, order_id, (1, 1)))["id"] for _ in range(2)]
    first = await api.get(f"/v1/orders/{order_id}/shipments?limit=1")
    rest = await api.get(first.links["next"]["url"])
    assert [item["id"] for answer in (first, rest) for item in answer.json()["items"]] == sent
    assert rest.json()["next_cursor"] is None


async def test_an_order_is_followed_to_the_door(api: httpx.AsyncClient, clock: FixedClock) -> None:
    order_id = await brought_to(api, "processing")
    parcel = await dispatched(api, order_id)
    assert (await order(api, order_id))["status"] == "shipped"
    path, told = f"/v1/shipments/{parcel['id']}/events", {"status": "in_transit", "at": clock.now().isoformat()}
    first = await api.post(path, json=told)
    again = await api.post(path, json=told)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (await arrived(api, parcel))["status"] == "delivered"
    after = (await api.get(f"/v1/shipments/{parcel['id']}")).json()
    assert [event["status"] for event in after["events"]] == ["in_transit", "delivered"]
    assert after["delivered_at"] is not None
    assert (await order(api, order_id))["status"] == "delivered"
    closed = await api.post(f"/v1/orders/{order_id}/completion")
    assert (closed.status_code, closed.json()["status"]) == (200, "completed")


async def test_the_same_parcel_with_the_same_key_leaves_once(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    path, key = f"/v1/orders/{order_id}/shipments", {"Idempotency-Key": "parcel-1"}
    first = await api.post(path, json=PARCEL, headers=key)
    again = await api.post(path, json=PARCEL, headers=key)
    assert (again.status_code, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert len((await api.get(path)).json()["items"]) == 1


async def test_what_cannot_be_in_a_parcel_is_refused_where_it_stands(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    for parcel, pointers in (
        ({"lines": [{"line": 1, "quantity": 3}, {"line": 3, "quantity": 1}]}, ["/lines/0/quantity", "/lines/1/line"]),
        ({"lines": [{"line": 1, "quantity": 0}]}, ["/lines/0/quantity"]),
        ({"lines": [{"sku": "TEA-01"}]}, ["/lines/0/line", "/lines/0/quantity", "/lines/0/sku"]),
        ({"tracking_url": "javascript:alert(1)"}, ["/tracking_url"]),
        ({"carrier": "D\x00HL"}, ["/carrier"]),
        ({"tracking": "1"}, ["/tracking"]),
    ):
        answer = await api.post(f"/v1/orders/{order_id}/shipments", json=parcel)
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert (await order(api, order_id))["status"] == "processing"


async def test_what_no_carrier_says_is_refused(api: httpx.AsyncClient) -> None:
    parcel = await dispatched(api, await brought_to(api, "processing"))
    for told, pointer in (
        ({}, "/status"),
        ({"status": "dispatched"}, "/status"),
        ({"status": "delivered", "at": "today"}, "/at"),
        ({"status": "delivered", "at": "2999-01-01T00:00:00Z"}, "/at"),
        ({"status": "delivered", "note": "a\nb"}, "/note"),
    ):
        answer = await api.post(f"/v1/shipments/{parcel['id']}/events", json=told)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])


async def test_nothing_leaves_before_it_is_processed(api: httpx.AsyncClient) -> None:
    answer = await api.post(f"/v1/orders/{(await placed(api))['id']}/shipments", json={})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:illegal-move")
    assert answer.json()["allowed"] == ["processing", "cancelled"]


async def test_nothing_leaves_while_an_issue_is_open(api: httpx.AsyncClient, begin) -> None:
    order_id = await brought_to(api, "processing")
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET on_hold = true")
    answer = await api.post(f"/v1/orders/{order_id}/shipments", json={})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:order-on-hold")


async def test_anothers_parcel_is_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    parcel = await dispatched(api, await brought_to(api, "processing"))
    path = f"/v1/shipments/{parcel['id']}"
    for client, status in ((stranger, 404), (live_api, 404), (anonymous, 401)):
        assert (await client.get(path)).status_code == status
        assert (await client.post(f"{path}/events", json={"status": "delivered"})).status_code == status
    for missing in (NO_PARCEL, NOWHERE, "shp_1"):
        assert (await api.get(f"/v1/shipments/{missing}")).status_code == 404
        assert (await api.post(f"/v1/shipments/{missing}/events", json={"status": "delivered"})).status_code == 404
    assert (await api.get(path)).json() == parcel
