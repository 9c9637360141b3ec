"""The gate of `/v1`: who calls is known, and the body is whole and sound, before any route sees the request.

Pure ASGI, and quick: it is on the way of every order. Refusing here means that nobody's body is parsed who has no key.
"""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from tidings.api.body import check_json, check_media_type
from tidings.api.direct import DirectRoutes, answer
from tidings.api.limits import BATCH_PATH, RateLimit, given_again, whole_body
from tidings.api.problems import REQUEST_ID, problem_response
from tidings.kit.clock import Clock
from tidings.kit.problem import Fault, InvalidInput, NotFound, Problem
from tidings.storefronts.access import CALLER
from tidings.storefronts.authenticate import KeyRing

# Header fields that the edge adds to the answer.
EXTRA_HEADERS: Final = "tidings.headers"
# The request's header fields by their lower-case names.
FIELDS: Final = "tidings.fields"

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
# Providers have no key of ours: their callbacks are verified by the provider's own signature.
_CALLBACKS: Final = "/v1/callbacks/"
# These read the raw bytes with a parser that bounds the depth by itself.
_BOUNDED: Final = frozenset({"/v1/orders", BATCH_PATH})


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How many bytes a body may have."""

    usual: int
    batch: int

    def of(self, path: str) -> int:
        """The limit of one path; each provider's callbacks have a limit of their own, told by its reader."""
        return self.batch if path == BATCH_PATH or path.startswith(_CALLBACKS) else self.usual


class Gate:
    """Lets requests in."""

    def __init__(
        self, app: ASGIApp, *, keys: KeyRing, rate: RateLimit, bodies: BodyLimits, direct: DirectRoutes, clock: Clock
    ) -> None:
        self._app = app
        self._keys = keys
        self._rate = rate
        self._bodies = bodies
        self._direct = direct
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            receive = await self._admitted(scope, receive)
            route = self._direct.find(scope)
            response = None if route is None else await answer(route, scope, receive)
        except Problem as problem:
            response = problem_response(problem, scope.get(REQUEST_ID))
        await (response or self._app)(scope, receive, send)

    async def _admitted(self, scope: Scope, receive: Receive) -> Receive:
        path: str = scope["path"]
        fields: dict[bytes, bytes] = scope[FIELDS]
        with_key = path.startswith("/v1/") and not path.startswith(_CALLBACKS)
        if with_key:
            await self._identify(scope, fields)
        if "\x00" in path:
            raise NotFound
        if b"%00" in scope["query_string"]:
            raise InvalidInput(faults=[Fault("/query", "contains a NUL character")])
        if scope["method"] not in _WITH_BODY and b"content-length" not in fields and b"transfer-encoding" not in fields:
            return receive
        body = await whole_body(receive, fields.get(b"content-length"), self._bodies.of(path))
        if body and with_key:
            check_media_type(fields.get(b"content-type"), fields.get(b"content-encoding"))
            check_json(body, parsed_with_limits=path in _BOUNDED, judged_apart=path == BATCH_PATH)
        return given_again(body, receive)

    async def _identify(self, scope: Scope, fields: dict[bytes, bytes]) -> None:
        authorization, actor = fields.get(b"authorization"), fields.get(b"tidings-actor")
        caller = await self._keys.caller_of(
            None if authorization is None else authorization.decode("latin-1"),
            None if actor is None else actor.decode("latin-1"),
            now=self._clock.now(),
        )
        scope[EXTRA_HEADERS] = self._rate.take(caller.key_id)
        scope[CALLER] = caller
