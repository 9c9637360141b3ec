"""The application: all routes, each closed to whoever has no key."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from tidings.api.app import create_app, described_app
from tidings.bootstrap import Runtime

# Behind /d/ and /f/ the link itself is the key: tests/api/documents and tests/api/feedback forge it.
OPEN = ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/v1/callbacks/", "/d/", "/f/")


def closed_routes() -> list[tuple[str, str]]:
    routes = [route for route in described_app().routes if isinstance(route, APIRoute)]
    return sorted((m, r.path) for r in routes for m in r.methods or () if not r.path.startswith(OPEN) and r.path != "/")


@pytest.mark.parametrize(("method", "path"), closed_routes())
async def test_every_route_is_closed_to_whoever_has_no_key(
    anonymous: httpx.AsyncClient, method: str, path: str
) -> None:
    assert path.startswith("/v1/")
    assert (await anonymous.request(method, path)).status_code == 401


def test_no_two_routes_are_the_same() -> None:
    routes = closed_routes()
    assert len(routes) == len(set(routes)) > 30


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/orders", "GET, HEAD, POST"),
        ("/v1/orders/ord_1", "GET, HEAD, PATCH"),
        ("/v1/orders/ord_1/payment-check", "PUT"),
        ("/v1/connections/con_1", "DELETE, GET, HEAD, PATCH"),
        ("/healthz", "GET, HEAD"),
    ],
)
async def test_whoever_uses_a_wrong_method_is_told_of_all_right_ones(
    api: httpx.AsyncClient, path: str, allowed: str
) -> None:
    answer = await api.options(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_pages_of_adapters_are_served(api_runtime: Runtime) -> None:
    page = APIRouter()

    @page.get("/sandbox-page", include_in_schema=False)
    async def inbox() -> str:
        return "mail"

    api_runtime.pages = [page]
    transport = httpx.ASGITransport(create_app(api_runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://tidings.test") as client:
        assert (await client.get("/sandbox-page")).json() == "mail"


async def test_the_description_is_made_once(app: FastAPI) -> None:
    assert app.openapi() is app.openapi()
    assert app.openapi()["info"]["title"] == "tidings"


async def test_nothing_is_made_at_import() -> None:
    assert described_app() is not described_app()
