"""The outermost layer: ids, log lines, metrics and traces of requests, header fields of answers, the last resort.

Pure ASGI, one layer for all of it, because every order passes it.
"""

import re
import time
from typing import Final

from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidings.api.errors import Unexpected
from tidings.api.gate import EXTRA_HEADERS, FIELDS
from tidings.api.problems import REQUEST_ID, problem_of, problem_response
from tidings.kit.clock import Clock
from tidings.kit.ids import new_id
from tidings.kit.log import Answered, answered, bound, get_logger
from tidings.kit.metrics import Metrics
from tidings.kit.trace import Tracing
from tidings.storefronts.access import CALLER

log = get_logger()

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# The caller hung up before the answer began (nginx's word for it).
_GONE: Final = 499

# Given to every answer that does not say otherwise itself.
_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Edge:
    """Sees each request first and its answer last."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing, clock: Clock) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[FIELDS] = fields = dict(scope["headers"])
        scope[REQUEST_ID] = request_id = _request_id(fields)
        sending = _Sending(send, scope, request_id)
        started = time.perf_counter()
        try:
            with bound(request_id=request_id):
                await self._carry(scope, receive, sending)
        finally:
            self._tell(scope, sending.status or _GONE, time.perf_counter() - started)

    async def _carry(self, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        if not self._tracing.enabled:
            await self._attempt(scope, receive, sending)
            return
        parent = scope[FIELDS].get(b"traceparent", b"")
        known = parent.decode() if _TRACEPARENT.fullmatch(parent) else None
        method = scope["method"]
        with self._tracing.span(method, parent=known, kind=SpanKind.SERVER, **{"http.request.method": method}) as span:
            span.set_attribute("tidings.request_id", scope[REQUEST_ID])
            await self._attempt(scope, receive, sending)
            _name(span, scope, sending.status)

    async def _attempt(self, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the caller gets an answer
            problem = problem_of(error)
            tell = log.error if isinstance(problem, Unexpected) else log.warning
            tell("http.failed", route=template_of(scope), status_code=problem.status, exc_info=error)
            if not sending.status:
                await problem_response(problem, scope[REQUEST_ID])(scope, receive, sending)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route, caller = template_of(scope), scope.get(CALLER)
        self._metrics.answered(_known_method(scope["method"]), route, status, seconds)
        answered(
            Answered(
                at=self._clock.now(),
                request_id=scope[REQUEST_ID],
                method=_known_method(scope["method"]),
                route=route,
                status=status,
                took_ms=seconds * 1000,
                key_id=None if caller is None else f"key_{caller.key_id.hex}",
            )
        )


class _Sending:
    """The way out: adds header fields, and remembers the status."""

    def __init__(self, send: Send, scope: Scope, request_id: str) -> None:
        self._send = send
        self._scope = scope
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", self._request_id.encode()),
                *self._scope.get(EXTRA_HEADERS, ()),
                *(header for header in _HEADERS if header[0] not in given),
            ]
        await self._send(message)


def template_of(scope: Scope) -> str:
    """The path template of the route that took the request; never the path itself."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "unmatched"


def _request_id(fields: dict[bytes, bytes]) -> str:
    given = fields.get(b"x-request-id")
    return given.decode() if given is not None and _SANE_ID.fullmatch(given) else new_id().hex


def _known_method(method: str) -> str:
    return method if method in {"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"} else "OTHER"


def _name(span: Span, scope: Scope, status: int) -> None:
    route = template_of(scope)
    span.update_name(f"{scope['method']} {route}")
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
