"""Requests are found by what they are."""

import httpx

from tests.fixtures.changes import ELSEWHERE, asked, modification, requested, said
from tests.fixtures.steps import brought_to, did


async def test_requests_are_found_by_what_they_are(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    moved, cancelled = await asked(api, order_id, modification(ELSEWHERE)), await requested(api)
    await did(await said(api, cancelled, "declined"))

    async def ids(query: str) -> list[str]:
        return [item["id"] for item in (await did(await api.get(f"/v1/change-requests?{query}")))["items"]]

    assert await ids("") == [cancelled["id"], moved["id"]]
    assert await ids("status=pending") == [moved["id"]]
    assert await ids("kind=cancellation") == [cancelled["id"]]
    assert await ids(f"order_id={order_id}") == [moved["id"]]
    assert await ids("requested_after=2020-01-01T00:00:00Z&requested_before=2021-01-01T00:00:00Z") == []
    first = await api.get("/v1/change-requests?limit=1")
    assert (await api.get(first.links["next"]["url"])).json()["items"][0]["id"] == moved["id"]
    assert (await api.get("/v1/change-requests?order_id=ord_1")).status_code == 422
