"""A shop says which milestones its customers are told of."""

import httpx

from tests.fixtures.steps import arrived, brought_to, did, dispatched


async def told(api: httpx.AsyncClient, order_id: str) -> list[str]:
    messages = (await api.get(f"/v1/orders/{order_id}/messages")).json()["items"]
    return sorted(message["milestone"] for message in messages)


async def test_what_the_shop_has_switched_off_is_recorded_and_not_told(api: httpx.AsyncClient) -> None:
    quiet = {"not_told": ["order_processing", "order_delivered"]}
    await did(await api.patch("/v1/storefront", json={"policy": quiet}))
    order_id = await brought_to(api, "processing")
    await arrived(api, await dispatched(api, order_id))
    assert await told(api, order_id) == ["order_confirmation", "order_dispatched"]
    kinds = [item["kind"] for item in (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]]
    assert {"processing.started", "shipment.delivered"} <= set(kinds)
    await did(await api.patch("/v1/storefront", json={"policy": {}}))
    order_id = await brought_to(api, "processing")
    assert await told(api, order_id) == ["order_confirmation", "order_processing"]


async def test_what_the_procedure_demands_cannot_be_switched_off(api: httpx.AsyncClient) -> None:
    answer = await api.patch("/v1/storefront", json={"policy": {"not_told": ["order_confirmation"]}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/policy/not_told"
