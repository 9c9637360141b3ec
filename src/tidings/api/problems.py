"""Refusals and failures as `application/problem+json`, whatever part of the stack they come from."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import asyncpg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as FrameworkRefusal  # noqa: TID251 - told in our words below
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from tidings.api.errors import BodyTooLarge, Collision, MalformedBody, MethodNotAllowed, Unexpected
from tidings.kit.faults import FAULTS_IN, faults_of, faults_together
from tidings.kit.idempotency import Replayed
from tidings.kit.outage import is_database_away
from tidings.kit.problem import MEDIA_TYPE, Fault, InvalidInput, NotFound, Problem, Unavailable

# Where the edge leaves the request's id in the ASGI scope.
REQUEST_ID: Final = "tidings.request_id"

# Classes of SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html): transaction rollback (deadlock,
# serialisation), and lock_not_available.
_ROLLED_BACK: Final = "40"
_LOCK_NOT_AVAILABLE: Final = "55P03"


def install(app: FastAPI) -> None:
    """Let the application answer refusals as problem documents."""
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(Replayed, _replayed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FrameworkRefusal, _by_framework)


def problem_response(problem: Problem, request_id: str | None) -> Response:
    """A problem as it goes out."""
    instance = None if request_id is None else f"urn:tidings:request:{request_id}"
    body = json.dumps(problem.body(instance), ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """What a failure is to the caller; its own words stay inside."""
    if isinstance(error, Problem):
        return error
    causes = list(_causes(error))
    return next((make() for holds, make in _FAILURES if any(map(holds, causes))), Unexpected())


def _is_unstorable(error: BaseException) -> bool:
    """A value that its column cannot hold, and that no model has noticed."""
    return isinstance(error, asyncpg.DataError)


def _is_busy(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and (state.startswith(_ROLLED_BACK) or state == _LOCK_NOT_AVAILABLE)


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        inner = link.exceptions[0] if isinstance(link, BaseExceptionGroup) else None
        original = link.orig if isinstance(link, DBAPIError) else None
        link = inner or original or link.__cause__


_FAILURES: Final[tuple[tuple[Callable[[BaseException], bool], Callable[[], Problem]], ...]] = (
    (lambda error: isinstance(error, RecursionError), lambda: MalformedBody("The body is nested too deeply.")),
    (_is_unstorable, lambda: InvalidInput(faults=[Fault("", "holds a value that cannot be stored")])),
    (lambda error: isinstance(error, asyncpg.UniqueViolationError), lambda: Collision(headers={"Retry-After": "1"})),
    (lambda error: is_database_away(error) or _is_busy(error), lambda: Unavailable(headers={"Retry-After": "2"})),
)


async def _refused(request: Request, error: Exception) -> Response:
    return problem_response(cast("Problem", error), request.scope.get(REQUEST_ID))


async def _replayed(_: Request, error: Exception) -> Response:
    return cast("Replayed", error).response


async def _invalid(request: Request, error: Exception) -> Response:
    refusal = cast("RequestValidationError", error)
    errors = refusal.errors()
    # What the schema cannot know, where a route has somebody who does (webhooks/endpoint_routes.py).
    later = getattr(request.state, FAULTS_IN, lambda _: ())(refusal.body)
    problem: Problem = InvalidInput(faults=faults_together(faults_of(errors), later))
    if any(one["type"] == "json_invalid" for one in errors):
        problem = MalformedBody(f"The body is not JSON: {_where(errors[0])}.")
    return problem_response(problem, request.scope.get(REQUEST_ID))


def _where(error: Any) -> str:
    return f"{error.get('ctx', {}).get('error', 'unreadable')} at character {error['loc'][-1]}"


async def _by_framework(request: Request, error: Exception) -> Response:
    refusal = cast("FrameworkRefusal", error)
    problem = _FRAMEWORK.get(refusal.status_code, Problem)()
    problem.headers.update(refusal.headers or {})
    if isinstance(problem, MethodNotAllowed):
        problem.headers["Allow"] = ", ".join(_methods_at_the_path_of(request))
    return problem_response(problem, request.scope.get(REQUEST_ID))


def _methods_at_the_path_of(request: Request) -> list[str]:
    """Of all routes, not only of the first: each of a path's methods is a route of its own."""
    here = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in here for method in getattr(route, "methods", None) or ()}
    # As the edge does, GET answers HEAD.
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


class _NothingHere(NotFound):
    """There is nothing at this path."""


_FRAMEWORK: Final[dict[int, type[Problem]]] = {
    400: MalformedBody,
    404: _NothingHere,
    405: MethodNotAllowed,
    413: BodyTooLarge,
}
