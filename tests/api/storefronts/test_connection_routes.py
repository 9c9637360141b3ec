"""Connections over HTTP."""

import httpx
import pytest

from tests.fixtures.api import PUBLIC_URL, Clients
from tests.fixtures.shop import Shop
from tidings.settings import SecretsSettings, Settings

PATH = "/v1/connections"
SANDBOX = {"name": "sms-main", "channel": "sms", "provider": "sandbox"}
TWILIO = {
    "name": "sms-main",
    "channel": "sms",
    "provider": "twilio",
    "priority": 1,
    "settings": {"base_url": "http://127.0.0.1:9", "account_sid": "AC" + "0" * 32, "from": "+15005550006"},
    "secrets": {"auth_token": "a-very-secret-token-of-32-letters"},
}


async def added(api: httpx.AsyncClient, **more: object) -> dict:
    answer = await api.post(PATH, json=SANDBOX | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_connection_is_told_where_the_provider_posts_and_never_its_secrets(
    live_api: httpx.AsyncClient,
) -> None:
    answer = await live_api.post(PATH, json=TWILIO)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["callback_url"] == f"{PUBLIC_URL}/v1/callbacks/{told['id']}"
    assert answer.headers["location"] == f"{PATH}/{told['id']}"
    assert answer.headers["etag"] == '"1"'
    for text in (answer.text, (await live_api.get(PATH)).text, (await live_api.get(f"{PATH}/{told['id']}")).text):
        assert "a-very-secret" not in text
        assert "secrets" not in text
    assert (await live_api.get(f"{PATH}/{told['id']}")).json() == told


async def test_test_mode_reaches_only_the_sandbox(api: httpx.AsyncClient) -> None:
    answer = await api.post(PATH, json=TWILIO)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/provider"


async def test_what_the_provider_does_not_take_is_told_with_its_place(live_api: httpx.AsyncClient) -> None:
    answer = await live_api.post(PATH, json=TWILIO | {"settings": {"form": "+1"}, "secrets": {}})
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert {"/settings/form", "/settings/account_sid", "/secrets/auth_token"} <= pointers


async def test_an_unknown_provider_is_told_which_there_are(live_api: httpx.AsyncClient) -> None:
    answer = await live_api.post(PATH, json=SANDBOX | {"provider": "pigeon"})
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "/provider"
    assert "twilio" in fault["detail"]


async def test_a_name_that_is_taken_is_told_with_who_has_it(api: httpx.AsyncClient) -> None:
    first = await added(api)
    answer = await api.post(PATH, json=SANDBOX)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:tidings:problem:name-taken"
    assert answer.json()["connection_id"] == first["id"]
    second = await added(api, name="sms-second")
    answer = await api.patch(f"{PATH}/{second['id']}", json={"name": "sms-main"})
    assert (answer.status_code, answer.json()["connection_id"]) == (409, first["id"])


async def test_a_change_is_answered_with_the_new_version(api: httpx.AsyncClient) -> None:
    connection = await added(api)
    answer = await api.patch(
        f"{PATH}/{connection['id']}",
        json={"is_paused": True, "settings": {"beat_seconds": 2}},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    told = answer.json()
    assert (told["is_paused"], told["settings"]["beat_seconds"], told["version"]) == (True, 2, 2)
    answer = await api.patch(f"{PATH}/{connection['id']}", json={"priority": 5}, headers={"If-Match": '"1"'})
    assert answer.status_code == 412


async def test_a_removed_connection_is_gone(api: httpx.AsyncClient) -> None:
    connection = await added(api)
    assert (await api.delete(f"{PATH}/{connection['id']}")).status_code == 204
    assert (await api.get(f"{PATH}/{connection['id']}")).status_code == 404
    assert (await api.get(PATH)).json()["items"] == []
    assert (await api.delete(f"{PATH}/{connection['id']}")).status_code == 404


async def test_a_repeat_adds_nothing(api: httpx.AsyncClient) -> None:
    answers = [await api.post(PATH, json=SANDBOX, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[1].headers["location"] == answers[0].headers["location"]
    assert len((await api.get(PATH)).json()["items"]) == 1


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_connections_of_others_are_not_found(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, method: str
) -> None:
    connection = await added(api)
    for client, wanted in ((stranger, connection["id"]), (live_api, connection["id"]), (api, "con_nonsense")):
        answer = await client.request(method, f"{PATH}/{wanted}", json={} if method == "PATCH" else None)
        assert answer.status_code == 404


async def test_only_administrators_see_and_change_them(clients: Clients, shop: Shop) -> None:
    client = await clients.with_scopes(shop.scope, "orders", "operations", "templates")
    assert (await client.get(PATH)).status_code == 403
    assert (await client.post(PATH, json=SANDBOX)).status_code == 403


class TestWithoutKeys:
    """A deployment that has no key to seal secrets with."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"secrets": SecretsSettings()})

    async def test_no_secret_is_stored_in_clear(self, api: httpx.AsyncClient) -> None:
        answer = await api.post(PATH, json=SANDBOX)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:tidings:problem:vault-closed"
        assert (await api.get(PATH)).json()["items"] == []
