"""Versions of wording over HTTP: looked at, begun, changed."""

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tests.fixtures.steps import did
from tests.fixtures.templates import (
    ANNA,
    BORIS,
    CATALOGUE,
    EMAIL,
    NO_TEMPLATE,
    SMS,
    WORDING,
    drafted,
    kind_of,
    step,
)

COMPLETED = CATALOGUE.milestones["order_completed"].version


async def listed(api: httpx.AsyncClient, query: str = "") -> list[tuple[str, int, str, str]]:
    items = (await did(await api.get(f"/v1/templates{query}")))["items"]
    return [(each["milestone"], each["version"], each["origin"], each["status"]) for each in items]


async def test_what_comes_with_tidings_is_listed_and_shown(api: httpx.AsyncClient) -> None:
    found = await listed(api)
    assert [name for name, *_ in found] == sorted(CATALOGUE.milestones)
    assert {(origin, status) for *_, origin, status in found} == {("built-in", "published")}
    (entry,) = (await did(await api.get("/v1/templates?milestone=order_confirmation")))["items"]
    assert [each["locale"] for each in entry["covers"]] == sorted(CATALOGUE.labels)
    whole = await did(await api.get(f"/v1/templates/{entry['id']}"))
    assert whole["wording"]["en"]["sms"] == CATALOGUE.milestones["order_confirmation"].wording["en"]["sms"]
    assert whole["layout"]["mjml"].startswith("<!--")
    assert {name: whole[name] for name in entry} == entry


async def test_a_draft_is_begun_found_and_changed(api: httpx.AsyncClient) -> None:
    answer = await api.post(
        "/v1/templates", json={"milestone": "order_confirmation", "wording": WORDING, "note": "louder"}, headers=ANNA
    )
    draft = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/templates/{draft['id']}")
    assert (draft["wording"], draft["layout"], draft["note"]) == (WORDING, None, "louder")
    assert draft["covers"] == [{"locale": "de", "channels": ["email", "sms"]}]
    read = await api.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (draft, answer.headers["ETag"])
    change = {"wording": {"de": {"email": {"subject": "Juhu, #{{ number }}"}, "sms": None}, "en": {"sms": SMS}}}
    changed = await did(
        await api.patch(f"/v1/templates/{draft['id']}", json=change, headers={"If-Match": answer.headers["ETag"]})
    )
    assert changed["wording"] == {"de": {"email": EMAIL | {"subject": "Juhu, #{{ number }}"}}, "en": {"sms": SMS}}
    assert changed["sha256"] != draft["sha256"]
    late = await api.patch(f"/v1/templates/{draft['id']}", json={}, headers={"If-Match": answer.headers["ETag"]})
    assert kind_of(late) == (412, "precondition-failed")


async def test_the_same_draft_with_the_same_key_is_begun_once(api: httpx.AsyncClient) -> None:
    body, key = {"milestone": "order_completed", "wording": {}}, {"Idempotency-Key": "t-1"}
    answers = [await api.post("/v1/templates", json=body, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert await listed(api, "?origin=shop") == [("order_completed", 101, "shop", "draft")]


async def test_a_draft_begins_with_what_is_wanted_of_another_version(api: httpx.AsyncClient) -> None:
    (built_in,) = (await did(await api.get("/v1/templates?milestone=order_confirmation")))["items"]
    first = await drafted(api, {}, based_on=built_in["id"], copied={"locales": ["de", "en"], "channels": ["sms"]})
    files = CATALOGUE.milestones["order_confirmation"].wording
    assert first["wording"] == {locale: {"sms": files[locale]["sms"]} for locale in ("de", "en")}
    second = await drafted(api, {"de": {"sms": SMS}}, based_on=first["id"])
    assert second["wording"] == first["wording"] | {"de": {"sms": SMS}}
    assert (second["based_on"], second["version"]) == (first["id"], 102)
    # What nobody takes over stays as built in.
    assert (await drafted(api, {}, based_on=built_in["id"]))["wording"] == {}
    for foreign in (NO_TEMPLATE, "nonsense", first["id"], built_in["id"]):
        answer = await api.post("/v1/templates", json={"milestone": "order_completed", "based_on": foreign})
        assert (kind_of(answer), answer.json()["errors"][0]["pointer"]) == ((422, "invalid-input"), "/based_on")


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ({"tlh": {"sms": SMS}}, "/wording/tlh"),
        ({"de": {"sms": {}}}, "/wording/de/sms/text"),
        ({"de": {"sms": {"text": "x", "txet": "y"}}}, "/wording/de/sms/txet"),
        ({"de": {"fax": {"text": "x"}}}, "/wording/de/fax/[key]"),
        ({"de": {"sms": {"text": "x" * 4001}}}, "/wording/de/sms/text"),
        ({"de": {"email": EMAIL | {"paragraphs": []}}}, "/wording/de/email/paragraphs"),
        ({"de": {"email": EMAIL | {"subject": "one\r\nBcc: two"}}}, "/wording/de/email/subject"),
    ],
)
async def test_words_that_are_not_whole_are_refused_by_name(api: httpx.AsyncClient, words, pointer: str) -> None:
    answer = await api.post("/v1/templates", json={"milestone": "order_confirmation", "wording": words})
    assert kind_of(answer) == (422, "invalid-input")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_nobody_sees_another_storefronts_or_modes_versions(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    version = await drafted(api)
    for other in (live_api, stranger):
        assert kind_of(await other.get(f"/v1/templates/{version['id']}")) == (404, "not-found")
        assert kind_of(await other.patch(f"/v1/templates/{version['id']}", json={})) == (404, "not-found")
        assert await listed(other, "?origin=shop") == []
    assert kind_of(await api.get("/v1/templates/tpl_x")) == (404, "not-found")
    # Numbers are counted for each shop and mode.
    assert (await drafted(live_api))["version"] == 101


async def test_it_takes_a_key_with_the_scope(anonymous: httpx.AsyncClient, clients: Clients, shop: Shop) -> None:
    other = await clients.with_scopes(shop.scope, "orders", "operations", "admin")
    for client, refusal in ((anonymous, (401, "unauthorised")), (other, (403, "scope-missing"))):
        assert kind_of(await client.get("/v1/templates")) == refusal
        assert kind_of(await client.post("/v1/templates", json={"milestone": "order_completed"})) == refusal
        assert kind_of(await step(client, {"id": NO_TEMPLATE}, "publication", BORIS)) == refusal
