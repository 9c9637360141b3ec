"""The outermost layer: ids, log lines, metrics and traces of requests, header fields of answers, the last resort.

Pure ASGI, one layer for all of it, because every order passes it.
"""

import itertools
import re
import secrets
import time
from typing import Final

from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidings.api.errors import Unexpected
from tidings.api.gate import EXTRA_HEADERS, FIELDS
from tidings.api.problems import REQUEST_ID, problem_of, problem_response
from tidings.kit.clock import Clock
from tidings.kit.log import CARRIED, Answered, answered, get_logger
from tidings.kit.metrics import Metrics
from tidings.kit.trace import Tracing
from tidings.storefronts.access import CALLER

log = get_logger()

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# Twenty random digits for the process, twelve that count: cheaper than a random id for each, and as much its own.
_PROCESS: Final = secrets.token_hex(10)
_REQUESTS: Final = itertools.count(1)
_METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"})
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
        method = scope["method"]
        if method == "HEAD":
            # What GET would answer: the server, which keeps a scope of its own, sends the head of it alone.
            scope = {**scope, "method": "GET"}
        scope[FIELDS] = fields = dict(scope["headers"])
        scope[REQUEST_ID] = request_id = _request_id(fields)
        sending = _Sending(send, scope, request_id)
        carried = CARRIED.set({"request_id": request_id})
        started = time.perf_counter()
        try:
            if self._tracing.enabled:
                await self._traced(scope, receive, sending)
            else:
                await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the caller gets an answer
            await _fail(error, scope, receive, sending)
        finally:
            self._tell(scope, method, sending.status or _GONE, time.perf_counter() - started)
            CARRIED.reset(carried)

    async def _traced(self, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        parent = scope[FIELDS].get(b"traceparent", b"")
        known = parent.decode() if _TRACEPARENT.fullmatch(parent) else None
        method = scope["method"]
        with self._tracing.span(method, parent=known, kind=SpanKind.SERVER, **{"http.request.method": method}) as span:
            span.set_attribute("tidings.request_id", scope[REQUEST_ID])
            try:
                await self._app(scope, receive, sending)
            finally:
                _name(span, scope, sending.status)

    def _tell(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        method, route, caller = _known_method(method), template_of(scope), scope.get(CALLER)
        self._metrics.answered(method, route, status, seconds)
        key_id = None if caller is None else caller.key_id.hex
        answered(Answered(self._clock.now(), scope[REQUEST_ID], method, route, status, seconds * 1000, key_id))


class _Sending:
    """The way out: adds header fields, and remembers the status."""

    __slots__ = ("_request_id", "_scope", "_send", "status")

    def __init__(self, send: Send, scope: Scope, request_id: str) -> None:
        self._send = send
        self._scope = scope
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message["headers"])
            given = {name for name, _ in headers}
            headers += [header for header in _HEADERS if header[0] not in given]
            headers += self._scope.get(EXTRA_HEADERS, ())
            headers.append((b"x-request-id", self._request_id.encode()))
            message["headers"] = headers
        await self._send(message)


async def _fail(error: Exception, scope: Scope, receive: Receive, sending: _Sending) -> None:
    problem = problem_of(error)
    tell = log.error if isinstance(problem, Unexpected) else log.warning
    tell("http.failed", route=template_of(scope), status_code=problem.status, exc_info=error)
    if not sending.status:
        await problem_response(problem, scope[REQUEST_ID])(scope, receive, sending)


def template_of(scope: Scope) -> str:
    """The path template of the route that took the request; never the path itself."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "unmatched"


def _request_id(fields: dict[bytes, bytes]) -> str:
    given = fields.get(b"x-request-id")
    if given is not None and _SANE_ID.fullmatch(given):
        return given.decode()
    return f"{_PROCESS}{next(_REQUESTS):012x}"


def _known_method(method: str) -> str:
    return method if method in _METHODS else "OTHER"


def _name(span: Span, scope: Scope, status: int) -> None:
    route = template_of(scope)
    span.update_name(f"{scope['method']} {route}")
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
