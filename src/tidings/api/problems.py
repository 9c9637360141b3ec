"""Refusals and failures as `application/problem+json`, whatever part of the stack they come from."""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

import asyncpg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException as FrameworkRefusal  # noqa: TID251 - told in our words below
from starlette.requests import Request
from starlette.responses import Response

from tidings.api.errors import BodyTooLarge, MalformedBody, MethodNotAllowed, Unexpected
from tidings.kit.faults import faults_of
from tidings.kit.idempotency import Replayed
from tidings.kit.problem import MEDIA_TYPE, Fault, InvalidInput, NotFound, Problem, Unavailable

# Where the edge leaves the request's id in the ASGI scope.
REQUEST_ID: Final = "tidings.request_id"

_NOT_ANSWERING: Final = (OSError, TimeoutError, NoConnectionFree, asyncpg.InterfaceError)
# Classes of SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html): connection exception, transaction
# rollback (deadlock, serialisation), insufficient resources, operator intervention (shutdown); and lock_not_available.
_BUSY_CLASSES: Final = ("08", "40", "53", "57")
_LOCK_NOT_AVAILABLE: Final = "55P03"
# Data exception: a value that its column cannot hold, and that no model has noticed.
_DATA_CLASS: Final = "22"


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
    if isinstance(error, RecursionError):
        return MalformedBody("The body is nested too deeply.")
    states = [state for link in _causes(error) if (state := sqlstate(link)) is not None]
    if any(isinstance(link, _NOT_ANSWERING) for link in _causes(error)) or any(map(_is_busy, states)):
        return Unavailable(headers={"Retry-After": "2"})
    if any(state.startswith(_DATA_CLASS) for state in states):
        return InvalidInput(faults=[Fault("", "holds a value that cannot be stored")])
    return Unexpected()


def sqlstate(error: BaseException) -> str | None:
    """Postgres's code for an error, whichever library tells of it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(original, "sqlstate", None)
    return state if isinstance(state, str) else None


def _is_busy(state: str) -> bool:
    return state.startswith(_BUSY_CLASSES) or state == _LOCK_NOT_AVAILABLE


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        inner = link.exceptions[0] if isinstance(link, BaseExceptionGroup) else None
        link = inner or link.__cause__


async def _refused(request: Request, error: Exception) -> Response:
    return problem_response(cast("Problem", error), request.scope.get(REQUEST_ID))


async def _replayed(_: Request, error: Exception) -> Response:
    return cast("Replayed", error).response


async def _invalid(request: Request, error: Exception) -> Response:
    errors = cast("RequestValidationError", error).errors()
    problem: Problem = InvalidInput(faults=faults_of(errors))
    if any(one["type"] == "json_invalid" for one in errors):
        problem = MalformedBody(f"The body is not JSON: {_where(errors[0])}.")
    return problem_response(problem, request.scope.get(REQUEST_ID))


def _where(error: Any) -> str:
    return f"{error.get('ctx', {}).get('error', 'unreadable')} at character {error['loc'][-1]}"


async def _by_framework(request: Request, error: Exception) -> Response:
    refusal = cast("FrameworkRefusal", error)
    problem = _FRAMEWORK.get(refusal.status_code, Problem)()
    problem.headers.update(refusal.headers or {})
    return problem_response(problem, request.scope.get(REQUEST_ID))


class _NothingHere(NotFound):
    """There is nothing at this path."""


_FRAMEWORK: Final[dict[int, type[Problem]]] = {
    400: MalformedBody,
    404: _NothingHere,
    405: MethodNotAllowed,
    413: BodyTooLarge,
}
