"""The HTTP application: routes, gate and edge, made around a runtime."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from tidings.api import problems
from tidings.api.describe import document, operation_id, query_names
from tidings.api.direct import DirectRoutes
from tidings.api.edge import Edge
from tidings.api.gate import BodyLimits, Gate
from tidings.api.limits import RateLimit
from tidings.api.routers import ROUTERS
from tidings.feedback.buckets import Buckets
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.metrics import Metrics
from tidings.kit.ready import Check
from tidings.kit.trace import Tracing
from tidings.settings import Settings
from tidings.storefronts.authenticate import KeyRing


class ApiRuntime(Protocol):
    """What the API needs of the runtime; routes of slices ask `app.state.runtime` for more."""

    @property
    def settings(self) -> Settings:
        """How it is set up."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def begin(self) -> Begin:
        """Opens transactions."""
        ...

    @property
    def metrics(self) -> Metrics:
        """What is counted."""
        ...

    @property
    def tracing(self) -> Tracing:
        """Where spans go."""
        ...

    @property
    def pages(self) -> Sequence[APIRouter]:
        """Routes of adapters' own, such as the sandbox's inbox."""
        ...

    @property
    def ready_checks(self) -> Sequence[Check]:
        """What `/readyz` asks."""
        ...


def create_app(runtime: ApiRuntime) -> FastAPI:
    """The application on a runtime that is open."""
    app = described_app()
    settings = runtime.settings.api
    app.state.runtime = runtime
    app.state.public_url = runtime.settings.public.url.rstrip("/")
    app.state.idempotency_wait = timedelta(seconds=settings.idempotency_wait_seconds)
    app.state.keys = KeyRing(runtime.begin, keep_seconds=settings.key_cache_seconds)
    app.state.feedback_buckets = Buckets()
    for page in runtime.pages:
        app.router.routes.extend(page.routes)
    # The last one added is the outermost.
    app.add_middleware(
        Gate,
        keys=app.state.keys,
        rate=RateLimit(settings.requests_per_minute),
        bodies=BodyLimits(usual=settings.max_body_bytes, batch=settings.max_batch_bytes),
        direct=DirectRoutes(app.routes),
        clock=runtime.clock,
    )
    app.add_middleware(Edge, metrics=runtime.metrics, tracing=runtime.tracing, clock=runtime.clock)
    return app


def described_app() -> FastAPI:
    """The application's routes and their description, on nothing: enough for the OpenAPI document."""
    app = FastAPI(
        title="tidings",
        version=_version(),
        # api/explorer.py serves them.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        # A redirect to the path with a slash would lose the body on its way.
        redirect_slashes=False,
        # kit/trace.py and kit/metrics.py see to it, with names of our own.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    for router in ROUTERS:
        # One flat list: every level of nesting is paid for by every request.
        app.router.routes.extend(router.routes)
    app.state.query_names = _named()
    problems.install(app)
    app.openapi = lambda: _remembered(app)  # type: ignore[method-assign]  # FastAPI's own way to replace it
    return app


@cache
def _version() -> str:
    return version("tidings")


@cache
def _named() -> Mapping[str, frozenset[str]]:
    """Name every operation, and tell what each takes in its query: once, all applications are made of these routes."""
    taken = {}
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                route.operation_id = operation_id(route)
                taken[route.operation_id] = query_names(route)
    return taken


def _remembered(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema
