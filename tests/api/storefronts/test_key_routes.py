"""Keys over HTTP."""

from datetime import timedelta

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.settings import Settings

PATH = "/v1/api-keys"
BACKEND = {"name": "Backend", "principal": "backend", "scopes": ["admin"]}


async def created(api: httpx.AsyncClient, **more: object) -> dict:
    answer = await api.post(PATH, json=BACKEND | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_key_is_told_once_and_works(api: httpx.AsyncClient, clients: Clients) -> None:
    key = await created(api)
    assert key["key"].startswith(key["hint"])
    assert key["mode"] == "test"
    client = await clients.with_key(key["key"])
    told = (await client.get(f"{PATH}/{key['id']}")).json()
    assert "key" not in told
    assert told == {name: value for name, value in key.items() if name != "key"}
    listed = (await client.get(PATH)).json()["items"]
    assert told in listed
    assert all("key" not in each for each in listed)


async def test_a_repeat_is_told_the_same_key_again(api: httpx.AsyncClient) -> None:
    answers = [await api.post(PATH, json=BACKEND, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert "idempotency-replayed" not in answers[0].headers
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = await api.post(PATH, json=BACKEND | {"name": "Other"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert other.json()["type"] == "urn:tidings:problem:idempotency-key-reused"


async def test_a_repeat_while_the_first_one_runs_is_told_to_come_again(
    api: httpx.AsyncClient, begin: Begin, shop: Shop
) -> None:
    async with begin(shop.scope) as tx:
        await tx.raw.execute(
            "INSERT INTO idempotency_keys (storefront_id, mode, key, fingerprint, status, created_at)"
            " VALUES ($1, 'test', 'k1', 'x', 0, now())",
            shop.id,
        )
        answer = await api.post(PATH, json=BACKEND, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert answer.json()["type"] == "urn:tidings:problem:idempotency-key-in-use"


async def test_a_key_that_would_have_expired_is_refused(api: httpx.AsyncClient, clock: FixedClock) -> None:
    past = (clock.now() - timedelta(days=1)).isoformat()
    answer = await api.post(PATH, json=BACKEND | {"expires_at": past})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/expires_at", "detail": "is not in the future"}]


async def test_an_expiry_is_kept(api: httpx.AsyncClient, clients: Clients, clock: FixedClock) -> None:
    key = await created(api, expires_at=(clock.now() + timedelta(hours=1)).isoformat())
    client = await clients.with_key(key["key"])
    assert (await client.get(PATH)).status_code == 200
    clock.advance(timedelta(hours=1))
    assert (await client.get(PATH)).status_code == 401


class TestKept:
    """With keys kept in memory, as in production."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"api": settings.api.model_copy(update={"key_cache_seconds": 60})})

    async def test_a_revoked_key_stops_at_once_in_the_process_that_revoked_it(
        self, api: httpx.AsyncClient, clients: Clients
    ) -> None:
        key = await created(api)
        client = await clients.with_key(key["key"])
        assert (await client.get(PATH)).status_code == 200
        answer = await api.post(f"{PATH}/{key['id']}/revocation")
        assert answer.status_code == 200
        assert answer.json()["revoked_at"]
        assert (await client.get(PATH)).status_code == 401

    async def test_a_rotated_key_without_an_overlap_stops_at_once(
        self, api: httpx.AsyncClient, clients: Clients
    ) -> None:
        key = await created(api)
        client = await clients.with_key(key["key"])
        assert (await client.get(PATH)).status_code == 200
        rotated = await api.post(f"{PATH}/{key['id']}/rotation", json={"overlap_hours": 0})
        assert rotated.status_code == 201
        assert (await client.get(PATH)).status_code == 401
        successor = await clients.with_key(rotated.json()["key"])
        assert (await successor.get(f"{PATH}/{key['id']}")).json()["replaced_by"] == rotated.json()["id"]


async def test_a_key_with_a_successor_is_not_rotated_again(api: httpx.AsyncClient) -> None:
    key = await created(api)
    for status in (201, 409):
        answer = await api.post(f"{PATH}/{key['id']}/rotation", json={})
        assert answer.status_code == status
    assert answer.json()["type"] == "urn:tidings:problem:key-not-usable"


@pytest.mark.parametrize("method", ["get", "rotation", "revocation"])
async def test_keys_of_others_are_not_found(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, method: str
) -> None:
    key = await created(api)
    for client, key_id in ((stranger, key["id"]), (live_api, key["id"]), (api, "key_nonsense"), (api, "stf_1")):
        if method == "get":
            answer = await client.get(f"{PATH}/{key_id}")
        else:
            answer = await client.post(f"{PATH}/{key_id}/{method}", json={})
        assert answer.status_code == 404, (client, key_id)
        assert answer.json()["type"] == "urn:tidings:problem:not-found"


async def test_only_administrators_make_keys(clients: Clients, shop: Shop) -> None:
    client = await clients.with_scopes(shop.scope, "orders", "operations", "templates")
    for answer in (await client.get(PATH), await client.post(PATH, json=BACKEND)):
        assert answer.status_code == 403


async def test_lists_go_on_where_they_stopped(api: httpx.AsyncClient) -> None:
    for n in range(3):
        await created(api, name=str(n))
    names, path = [], f"{PATH}?limit=3"
    while path:
        answer = await api.get(path)
        names += [key["name"] for key in answer.json()["items"]]
        link = answer.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert sorted(names) == ["0", "1", "2", "test key"]
