"""Which requests the gate answers without the router."""

import pytest
from starlette.types import Scope

from tidings.api.app import described_app
from tidings.api.direct import DirectRoutes
from tidings.api.routers import DIRECT

ROUTES = DirectRoutes(described_app().routes)


def scope_of(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/v1/orders", "/v1/orders", {}),
        ("/v1/orders/batch", "/v1/orders/batch", {}),
        ("/v1/callbacks/con_1", "/v1/callbacks/{connection_id}", {"connection_id": "con_1"}),
    ],
)
def test_a_direct_route_is_found_and_told_to_whoever_reads_the_scope(
    path: str, template: str, parameters: dict[str, str]
) -> None:
    scope = scope_of("POST", path)
    route = ROUTES.find(scope)
    assert route is not None
    assert route.path == template
    assert scope["route"] is route
    assert scope["path_params"] == parameters


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/orders"),
        ("OPTIONS", "/v1/orders"),
        ("POST", "/v1/orders/"),
        ("POST", "/v1/orders/ord_1/notes"),
        ("GET", "/v1/callbacks/con_1"),
        ("POST", "/v1/callbacks/"),
        ("POST", "/v1/callbacks/con_1/more"),
    ],
)
def test_everything_else_is_the_routers(method: str, path: str) -> None:
    scope = scope_of(method, path)
    assert ROUTES.find(scope) is None
    assert "route" not in scope


def test_each_of_them_is_described_like_any_other() -> None:
    described = {
        (route.path, *route.methods) for route in described_app().routes if getattr(route, "endpoint", None) in DIRECT
    }  # type: ignore[attr-defined]
    assert described == {
        ("/v1/orders", "POST"),
        ("/v1/orders/batch", "POST"),
        ("/v1/callbacks/{connection_id}", "POST"),
    }
