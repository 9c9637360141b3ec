"""Refunds over HTTP."""

import httpx
import pytest

from tests.fixtures.changes import CANCEL, NO_REFUND, approved, asked, euros, requested
from tests.fixtures.refunds import connected
from tests.fixtures.shop import Shop
from tests.fixtures.steps import brought_to, did
from tidings.kit.db import Begin


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("type", "")).removeprefix("urn:tidings:problem:")


async def refunded(api: httpx.AsyncClient) -> dict[str, str]:
    found = await approved(api, await requested(api))
    return await did(await api.get(f"/v1/refunds/{found['refund']['id']}"))


async def test_a_refund_names_its_cause_and_its_way(api: httpx.AsyncClient) -> None:
    found = await approved(api, await asked(api, await brought_to(api, "processing"), CANCEL))
    refund = await did(await api.get(f"/v1/refunds/{found['refund']['id']}"))
    assert (refund["order_id"], refund["request_id"]) == (found["order_id"], found["id"])
    assert (refund["amount"], refund["status"], refund["method"]) == (euros(3000), "requested", "manual")
    assert (refund["requested_by"], refund["settled_at"]) == ("staff/anna", None)


async def test_its_outcome_is_told_once(api: httpx.AsyncClient) -> None:
    path = f"/v1/refunds/{(await refunded(api))['id']}/outcome"
    word = {"outcome": "succeeded", "reference": "SEPA 17"}
    first = await api.post(path, json=word, headers={"Idempotency-Key": "paid-1"})
    again = await api.post(path, json=word, headers={"Idempotency-Key": "paid-1"})
    assert (first.status_code, first.json()["status"], first.json()["reference"]) == (200, "succeeded", "SEPA 17")
    assert again.headers["Idempotency-Replayed"] == "true"
    late = await api.post(path, json={"outcome": "failed"})
    assert kind_of(late) == (409, "refund-settled")
    assert (late.json()["refund_status"], late.json()["settled_by"]) == ("succeeded", "teahouse-test")


async def test_what_the_provider_pays_is_not_told_by_hand(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    await connected(begin, shop)
    refund = await refunded(api)
    assert refund["method"] == "provider"
    answer = await api.post(f"/v1/refunds/{refund['id']}/outcome", json={"outcome": "succeeded"})
    assert kind_of(answer) == (409, "refund-not-by-hand")


async def test_refunds_are_found_by_what_they_are(api: httpx.AsyncClient) -> None:
    one, two = await refunded(api), await refunded(api)

    async def ids(query: str) -> list[str]:
        return [item["id"] for item in (await did(await api.get(f"/v1/refunds?{query}")))["items"]]

    assert await ids("") == [two["id"], one["id"]]
    assert await ids(f"order_id={one['order_id']}") == [one["id"]]
    assert await ids("status=succeeded") == []
    assert await ids("method=manual&requested_after=2020-01-01T00:00:00Z") == [two["id"], one["id"]]
    first = await api.get("/v1/refunds?limit=1")
    assert [item["id"] for item in (await api.get(first.links["next"]["url"])).json()["items"]] == [one["id"]]
    assert (await api.get("/v1/refunds?order_id=1")).status_code == 422


async def test_anothers_refund_is_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    path = f"/v1/refunds/{(await refunded(api))['id']}"
    for client, status in ((stranger, 404), (live_api, 404), (anonymous, 401)):
        assert (await client.get(path)).status_code == status
        assert (await client.post(f"{path}/outcome", json={"outcome": "failed"})).status_code == status
    assert (await api.get(f"/v1/refunds/{NO_REFUND}")).status_code == 404
    assert (await api.get("/v1/refunds/rfd_1")).status_code == 404


@pytest.mark.parametrize(
    ("word", "pointers"),
    [({}, ["/outcome"]), ({"outcome": "pending"}, ["/outcome"]), ({"outcome": "failed", "by": "me"}, ["/by"])],
)
async def test_a_word_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, word: dict[str, str], pointers: list[str]
) -> None:
    answer = await api.post(f"/v1/refunds/{(await refunded(api))['id']}/outcome", json=word)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, pointers)
