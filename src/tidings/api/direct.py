"""Routes that the gate hands requests to by itself.

They stand in the router like all others, which describes them; but whoever reads the raw body and answers ready bytes
gains nothing from the router's search, FastAPI's dependencies and its response models, which cost more than storing an
order does (docs/decisions/0008).
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope

from tidings.api.routers import DIRECT

Endpoint = Callable[..., Awaitable[Response]]

_PARAMETERS: Final = "{"


class DirectRoutes:
    """Finds the route of a request among those few."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        """Take those of an application's routes whose endpoints are declared to be direct."""
        self._plain: dict[tuple[str, str], APIRoute] = {}
        self._with_parameters: list[tuple[str, APIRoute]] = []
        for route in routes:
            if isinstance(route, APIRoute) and route.endpoint in DIRECT:
                self._add(route)

    def _add(self, route: APIRoute) -> None:
        if route.param_convertors:
            self._with_parameters.append((route.path.partition(_PARAMETERS)[0], route))
        else:
            self._plain |= dict.fromkeys(((method, route.path) for method in route.methods or ()), route)

    def find(self, scope: Scope) -> APIRoute | None:
        """The route that takes this request, if it is one of these; the scope then tells it, as the router would."""
        path = scope["path"]
        route = self._plain.get((scope["method"], path))
        if route is not None:
            scope.update(route=route, endpoint=route.endpoint, path_params={})
            return route
        for prefix, candidate in self._with_parameters:
            if path.startswith(prefix):
                match, found = candidate.matches(scope)
                if match is Match.FULL:
                    scope.update(found, route=candidate)
                    return candidate
        return None


async def answer(route: APIRoute, scope: Scope, receive: Receive) -> Response:
    """Carry the request out; raises what the endpoint raises."""
    endpoint: Endpoint = route.endpoint
    parameters: dict[str, Any] = scope["path_params"]
    return await endpoint(request=Request(scope, receive), **parameters)
