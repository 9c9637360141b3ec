"""Webhook endpoints over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.doubles.hooked import SECRET
from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tidings.settings import SecretsSettings, Settings
from tidings.webhooks.add_endpoint import MOST

PATH = "/v1/webhook-endpoints"
ASKED = {"url": "https://shop.test/tidings", "description": "The till", "types": ["order.placed"]}


async def added(api: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await api.post(PATH, json=ASKED | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_secret_is_told_once_and_never_again(api: httpx.AsyncClient) -> None:
    answer = await api.post(PATH, json=ASKED)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"{PATH}/{told['id']}"
    assert answer.headers["etag"] == '"1"'
    secret = told.pop("secret")
    assert secret.startswith("whsec_")
    changed = await api.patch(f"{PATH}/{told['id']}", json={})
    for other in (changed, await api.get(PATH), await api.get(f"{PATH}/{told['id']}"), await api.get("/v1/records")):
        assert other.status_code == 200, other.text
        assert secret not in other.text
        assert '"secret"' not in other.text
    assert told == (await api.get(PATH)).json()["items"][0] | {"version": 1, "updated_at": told["updated_at"]}
    assert (told["is_paused"], told["disabled_at"], told["last_try"], told["mode"]) == (False, None, None, "test")


async def test_a_repeat_is_answered_with_the_same_secret_and_adds_nothing(api: httpx.AsyncClient) -> None:
    answers = [await api.post(PATH, json=ASKED, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert len((await api.get(PATH)).json()["items"]) == 1


async def test_what_the_schema_cannot_know_is_told_together_with_what_it_does(api: httpx.AsyncClient) -> None:
    wrong = {"url": "ftp://shop.test", "types": ["order.eaten"], "secret": "whsec_short", "sort": "any", "after": 1}
    answer = await api.post(PATH, json=wrong)
    told = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
    assert set(told) == {"/url", "/types/0", "/secret", "/sort", "/after"}
    assert len(told) == len(answer.json()["errors"])
    assert told["/types/0"].startswith("is none of the events: ")
    endpoint = await added(api)
    answer = await api.patch(f"{PATH}/{endpoint['id']}", json={"types": ["order.eaten"], "is_paused": "yes"})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/is_paused", "/types/0"]
    answer = await api.post(f"{PATH}/{endpoint['id']}/secret", json={"secret": "whsec_short", "overlap_hours": 999})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/overlap_hours", "/secret"]


async def test_a_secret_of_ones_own_is_taken_if_it_is_one(api: httpx.AsyncClient) -> None:
    assert (await added(api, secret=SECRET))["secret"] == SECRET
    for wrong in ("whsec_short", "secret", "whsec_" + "A" * 33):
        answer = await api.post(PATH, json=ASKED | {"secret": wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/secret"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "https://user:word@shop.test/"),
        ("url", "https://shop.test/#part"),
        ("url", "shop.test"),
        ("types", ["order.eaten"]),
        ("types", ["order.placed", "order.placed"]),
        ("after", "evt_" + "0" * 32),
        ("after", "x"),
        ("sort", "any"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(api: httpx.AsyncClient, field: str, value: object) -> None:
    answers = [await api.post(PATH, json=ASKED | {field: value})]
    endpoint = await added(api)
    answers.append(await api.patch(f"{PATH}/{endpoint['id']}", json={field: value}))
    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}")


async def test_there_are_only_so_many(api: httpx.AsyncClient) -> None:
    for _ in range(MOST):
        await added(api)
    answer = await api.post(PATH, json=ASKED)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:too-many-endpoints")
    items = (await api.get(PATH, params={"limit": 15})).json()
    rest = (await api.get(PATH, params={"limit": 15, "cursor": items["next_cursor"]})).json()
    ids = [item["id"] for item in items["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(set(ids)), rest["next_cursor"]) == (MOST, None)


async def test_a_change_is_answered_with_the_new_version(api: httpx.AsyncClient) -> None:
    path = f"{PATH}/{(await added(api))['id']}"
    change = {"url": "https://shop.test/new", "description": None, "types": None, "is_paused": True, "after": "0"}
    answer = await api.patch(path, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    told = answer.json()
    assert (told["url"], told["description"], told["types"], told["is_paused"]) == (change["url"], None, [], True)
    assert (await api.patch(path, json={}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await api.get(path)).headers["etag"] == '"2"'


async def test_a_secret_is_replaced_and_the_one_before_has_an_end(api: httpx.AsyncClient, clock: FixedClock) -> None:
    made = await added(api)
    path = f"{PATH}/{made['id']}/secret"
    answer = await api.post(path, json={})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    assert answer.json()["secret"] != made["secret"]
    ends = clock.now() + timedelta(hours=24)
    assert answer.json()["previous_secret_until"] == ends.isoformat().replace("+00:00", "Z")
    assert (await api.post(path, json={"secret": SECRET, "overlap_hours": 0})).json()["secret"] == SECRET
    assert (await api.post(path, json={"secret": "whsec_short"})).status_code == 422


async def test_a_removed_one_is_gone(api: httpx.AsyncClient) -> None:
    path = f"{PATH}/{(await added(api))['id']}"
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404
    assert (await api.delete(path)).status_code == 404
    assert (await api.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test")]
)
async def test_those_of_others_are_not_found(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, method: str, tail: str
) -> None:
    endpoint = await added(api)
    for client, wanted in ((stranger, endpoint["id"]), (live_api, endpoint["id"]), (api, "whk_nonsense")):
        body = {} if method == "PATCH" or tail == "/secret" else None
        answer = await client.request(method, f"{PATH}/{wanted}{tail}", json=body)
        assert answer.status_code == 404, answer.text
    assert (await stranger.get(PATH)).json()["items"] == []


async def test_only_administrators_see_and_change_them(clients: Clients, shop: Shop, api: httpx.AsyncClient) -> None:
    endpoint = await added(api)
    client = await clients.with_scopes(shop.scope, "orders", "operations", "templates")
    assert (await client.get(PATH)).status_code == 403
    assert (await client.post(PATH, json=ASKED)).status_code == 403
    assert (await client.post(f"{PATH}/{endpoint['id']}/test")).status_code == 403


class TestWithoutKeys:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"secrets": SecretsSettings(keys=())})

    async def test_no_secret_can_be_kept(self, api: httpx.AsyncClient) -> None:
        answer = await api.post(PATH, json=ASKED)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:tidings:problem:vault-closed")
