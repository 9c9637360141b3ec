"""Who calls is known, and the body is whole and sound, before any route sees the request."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tidings.api.gate import Gate
from tidings.kit.db import Begin
from tidings.settings import ApiSettings, Settings

KEY = "/v1/api-keys"
JSON = {"Content-Type": "application/json"}
SOUND = {"name": "n", "principal": "p", "scopes": ["orders"]}


def refused(answer: httpx.Response, status: int, slug: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:tidings:problem:{slug}"
    assert told["status"] == status
    assert told["instance"] == f"urn:tidings:request:{answer.headers['x-request-id']}"
    return told


@pytest.mark.parametrize(
    "authorization",
    ["Bearer td_test_nobody_has_this_key", "Bearer nonsense", "Basic dGVhOmhvdXNl", "Bearer", "Bearer td_test_\u00fc"],
)
async def test_a_key_that_is_none_is_refused(anonymous: httpx.AsyncClient, authorization: str) -> None:
    answer = await anonymous.get("/v1/storefront", headers=[(b"authorization", authorization.encode())])
    refused(answer, 401, "unauthorised")
    assert answer.headers["www-authenticate"] == 'Bearer realm="tidings", error="invalid_token"'


async def test_no_key_at_all_is_refused_without_an_error_code(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/v1/storefront")
    refused(answer, 401, "unauthorised")
    assert answer.headers["www-authenticate"] == 'Bearer realm="tidings"'


async def test_the_scheme_is_not_case_sensitive(anonymous: httpx.AsyncClient, shop: Shop) -> None:
    answer = await anonymous.get("/v1/storefront", headers={"Authorization": f"bearer  {shop.test_key}"})
    assert answer.status_code == 200


async def test_who_has_no_key_learns_nothing_of_the_paths(anonymous: httpx.AsyncClient) -> None:
    refused(await anonymous.get("/v1/nothing-here"), 401, "unauthorised")
    refused(await anonymous.post(KEY, content=b"{broken", headers=JSON), 401, "unauthorised")


async def test_an_expired_or_revoked_key_is_refused(
    api: httpx.AsyncClient, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    async with begin(shop.scope) as tx:
        await tx.raw.execute("UPDATE api_keys SET expires_at = $1", clock.now() + timedelta(hours=1))
    assert (await api.get("/v1/storefront")).status_code == 200
    clock.advance(timedelta(hours=1))
    refused(await api.get("/v1/storefront"), 401, "unauthorised")
    async with begin(shop.scope) as tx:
        await tx.raw.execute("UPDATE api_keys SET expires_at = NULL, revoked_at = $1", clock.now())
    refused(await api.get("/v1/storefront"), 401, "unauthorised")


async def test_a_missing_scope_is_named(clients: Clients, shop: Shop) -> None:
    client = await clients.with_scopes(shop.scope, "orders", "templates")
    answer = await client.get("/v1/storefront")
    assert refused(answer, 403, "scope-missing")["needs"] == ["admin"]
    assert 'error="insufficient_scope", scope="admin"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("actor", ["staff/", "ada", "staff/ada@example.com", f"staff/{'x' * 65}", "staff/a b"])
async def test_an_actor_is_a_member_of_staff_by_id(api: httpx.AsyncClient, actor: str) -> None:
    told = refused(await api.get("/v1/storefront", headers={"Tidings-Actor": actor}), 422, "invalid-input")
    assert told["errors"][0]["pointer"] == "/header/Tidings-Actor"


async def test_a_path_or_a_method_that_is_not_there_is_told(api: httpx.AsyncClient) -> None:
    refused(await api.get("/v1/nothing-here"), 404, "not-found")
    refused(await api.get("/v1/storefront/"), 404, "not-found")
    refused(await api.get("/v1/storefront%00"), 404, "not-found")
    answer = await api.delete("/v1/storefront")
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


async def test_a_nul_in_the_query_is_refused(api: httpx.AsyncClient) -> None:
    told = refused(await api.get("/v1/records?kind=a%00b"), 422, "invalid-input")
    assert told["errors"] == [{"pointer": "/query", "detail": "contains a NUL character"}]


@pytest.mark.parametrize(
    "body",
    [
        b"{broken",
        b"\xff\xfe",
        '{"name":1}'.encode("utf-16"),
        b"[" * 5000,
        b"[" * 300 + b"]" * 300,
        b'{"a":NaN}',
        b"1" * 5000,
    ],
)
async def test_a_body_that_is_not_json_is_malformed(api: httpx.AsyncClient, body: bytes) -> None:
    refused(await api.post(KEY, content=body, headers=JSON), 400, "malformed-body")


async def test_where_the_json_breaks_is_told(api: httpx.AsyncClient) -> None:
    told = refused(await api.post(KEY, content=b'{"name" 1}', headers=JSON), 400, "malformed-body")
    assert told["detail"] == "The body is not JSON: Expecting ':' delimiter at character 8."


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        JSON | {"Content-Encoding": "gzip"},
        {"Content-Type": "application/json; charset=utf-16"},
    ],
)
async def test_a_body_of_another_kind_is_refused(api: httpx.AsyncClient, headers: dict[str, str]) -> None:
    refused(await api.post(KEY, content=b"{}", headers=headers), 415, "unsupported-media-type")


async def test_all_faults_are_told_at_once_and_unknown_fields_by_name(api: httpx.AsyncClient) -> None:
    told = refused(await api.post(KEY, json={"nmae": "n", "scopes": ["orders", "root"]}), 422, "invalid-input")
    pointers = {fault["pointer"]: fault["detail"] for fault in told["errors"]}
    assert set(pointers) == {"/nmae", "/name", "/principal", "/scopes/1"}
    assert pointers["/nmae"] == "is not a field of this request: nmae"
    assert pointers["/name"] == "is required"


async def test_a_nul_or_half_a_pair_in_a_body_is_told_with_its_place(api: httpx.AsyncClient) -> None:
    body = b'{"name":"a\\u0000","principal":"\\udc00","scopes":["orders"]}'
    told = refused(await api.post(KEY, content=body, headers=JSON), 422, "invalid-input")
    assert [fault["pointer"] for fault in told["errors"]] == ["/name", "/principal"]


async def test_a_field_of_the_query_that_is_wrong_is_told_with_its_place(api: httpx.AsyncClient) -> None:
    told = refused(await api.get("/v1/records?limit=0&order_id=nonsense"), 422, "invalid-input")
    assert told["errors"][0]["pointer"].startswith("/query/")
    told = refused(await api.get("/v1/records?cursor=nonsense"), 422, "invalid-input")
    assert told["errors"][0]["pointer"] == "/query/cursor"


async def test_a_misspelt_filter_is_refused_by_name_and_told_which_there_are(api: httpx.AsyncClient) -> None:
    told = refused(await api.get("/v1/records?limt=5&kind=a&a/b=1"), 422, "invalid-input")
    assert [fault["pointer"] for fault in told["errors"]] == ["/query/limt", "/query/a~1b"]
    assert "takes actor, cursor, kind, limit, order_id, subject" in told["errors"][0]["detail"]
    refused(await api.get("/v1/storefront?x=1"), 422, "invalid-input")
    refused(await api.post("/v1/orders?validate_olny=true", json={}), 422, "invalid-input")


class TestNarrow:
    """With limits that a test can reach."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        narrow = ApiSettings(max_body_bytes=1000, max_batch_bytes=2000, requests_per_minute=6, key_cache_seconds=60)
        return settings.model_copy(update={"api": narrow})

    async def test_a_larger_body_is_refused_by_its_declared_length(self, api: httpx.AsyncClient) -> None:
        told = refused(await api.post(KEY, content=b" " * 1001, headers=JSON), 413, "body-too-large")
        assert told["limit_bytes"] == 1000

    async def test_a_larger_body_is_refused_while_it_comes(self, api: httpx.AsyncClient) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(11):
                yield b" " * 100

        refused(await api.post(KEY, content=pieces(), headers=JSON), 413, "body-too-large")

    async def test_batches_may_be_larger(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/v1/orders/batch", content=b" " * 1500, headers=JSON)
        assert answer.status_code != 413
        refused(await api.post("/v1/orders/batch", content=b" " * 2001, headers=JSON), 413, "body-too-large")

    async def test_callbacks_are_limited_before_their_own_limit_is_known(self, anonymous: httpx.AsyncClient) -> None:
        answer = await anonymous.post("/v1/callbacks/con_1", content=b" " * 2001)
        refused(answer, 413, "body-too-large")

    async def test_a_length_that_is_no_number_is_refused(self, api: httpx.AsyncClient) -> None:
        refused(await api.post(KEY, content=b"{}", headers=JSON | {"Content-Length": "-1"}), 400, "malformed-body")

    async def test_who_asks_too_often_is_told_to_wait(
        self, api: httpx.AsyncClient, live_api: httpx.AsyncClient
    ) -> None:
        first = await api.get("/v1/storefront")
        assert first.headers["ratelimit-policy"] == '"key";q=6;w=60'
        assert first.headers["ratelimit"] == '"key";r=5;t=10'
        for _ in range(5):
            await api.get("/v1/storefront")
        answer = await api.get("/v1/storefront")
        refused(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 10
        assert (await live_api.get("/v1/storefront")).status_code == 200

    async def test_a_key_is_looked_up_once_and_kept(self, api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
        assert (await api.get("/v1/storefront")).status_code == 200
        async with begin(shop.scope) as tx:
            await tx.raw.execute("UPDATE api_keys SET revoked_at = now()")
        assert (await api.get("/v1/storefront")).status_code == 200


async def test_a_body_without_content_is_left_to_the_route(api: httpx.AsyncClient) -> None:
    refused(await api.post(KEY), 422, "invalid-input")


async def test_a_sound_request_passes(api: httpx.AsyncClient) -> None:
    assert (await api.post(KEY, json=SOUND)).status_code == 201


async def test_other_protocols_pass_by(app: FastAPI) -> None:
    passed = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    gate = next(each for each in app.user_middleware if each.cls is Gate)
    await Gate(inner, **gate.kwargs)({"type": "lifespan"}, None, None)
    assert passed == ["lifespan"]
