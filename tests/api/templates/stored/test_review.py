"""Whose word counts on a version, over HTTP."""

import asyncio

import httpx

from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tests.fixtures.steps import did
from tests.fixtures.templates import (
    ANNA,
    BORIS,
    CLARA,
    SMS,
    approved,
    drafted,
    kind_of,
    records_of,
    step,
    submitted,
)


async def test_an_author_neither_approves_nor_publishes_not_even_through_another_key(
    api: httpx.AsyncClient, clients: Clients, shop: Shop
) -> None:
    waiting = await submitted(api)
    for by in (ANNA, {}):
        # Without a name it may be Anna, who has the same key.
        assert kind_of(await step(api, waiting, "review", by, outcome="approved")) == (403, "template-author")
    elsewhere = await clients.with_scopes(shop.scope, "templates")
    assert kind_of(await step(elsewhere, waiting, "review", ANNA, outcome="approved")) == (403, "template-author")
    await did(await step(api, waiting, "review", BORIS, outcome="approved"))
    refused = await step(api, waiting, "publication", ANNA)
    assert (kind_of(refused), refused.json()["authors"]) == ((403, "template-author"), ["staff/anna"])


async def test_the_same_principal_through_another_key_is_the_same(clients: Clients, shop: Shop) -> None:
    one, other = [await clients.with_scopes(shop.scope, "templates") for _ in range(2)]
    waiting = await did(await step(one, await drafted_by_nobody(one), "submission", {}))
    assert kind_of(await step(other, waiting, "review", {}, outcome="approved")) == (403, "template-author")


async def drafted_by_nobody(api: httpx.AsyncClient):
    return await did(
        await api.post("/v1/templates", json={"milestone": "order_confirmation", "wording": {"en": {"sms": SMS}}})
    )


async def test_whoever_changed_a_word_is_an_author_too(api: httpx.AsyncClient) -> None:
    draft = await drafted(api)
    await did(await api.patch(f"/v1/templates/{draft['id']}", json={"note": "shorter"}, headers=BORIS))
    await did(await step(api, draft, "submission", ANNA))
    for by in (ANNA, BORIS):
        assert kind_of(await step(api, draft, "review", by, outcome="approved")) == (403, "template-author")
    await did(await step(api, draft, "review", CLARA, outcome="approved"))


async def test_a_rejected_version_is_a_draft_again_and_needs_a_new_word(api: httpx.AsyncClient) -> None:
    version = await approved(api)
    assert kind_of(await step(api, version, "review", CLARA, outcome="rejected")) == (422, "invalid-input")
    back = await did(await step(api, version, "review", CLARA, outcome="rejected", reason="too loud"))
    assert (back["status"], back["approved_by"], back["review_reason"]) == ("draft", None, "too loud")
    again = await did(await step(api, version, "submission", ANNA))
    assert kind_of(await step(api, version, "publication", BORIS)) == (409, "template-not-approved")
    # The version tells the latest word alone; the trail has them all.
    assert again["review_reason"] is None
    told = [line["words"] for line in await records_of(api, version) if line["kind"] == "template.rejected"]
    assert told == [{"reason": "too loud"}]


async def test_of_two_approvers_at_once_one_is_told_who_was_first(api: httpx.AsyncClient) -> None:
    waiting = await submitted(api)
    answers = await asyncio.gather(*(step(api, waiting, "review", by, outcome="approved") for by in (BORIS, CLARA)))
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code, kind_of(second)) == (200, (409, "template-reviewed"))
    assert second.json()["approved_by"] == first.json()["approved_by"]
