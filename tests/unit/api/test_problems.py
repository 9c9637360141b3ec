"""What a failure is to the caller."""

import json

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tidings.api.problems import problem_of, problem_response
from tidings.kit.problem import Fault, InvalidInput, NotFound


def driver_error(cause: Exception) -> DBAPIError:
    original = Exception("as SQLAlchemy's dialect wraps it")
    original.__cause__ = cause
    return DBAPIError("SELECT 1", {}, original)


@pytest.mark.parametrize(
    ("error", "slug"),
    [
        (NotFound(), "not-found"),
        (RecursionError(), "malformed-body"),
        (ConnectionRefusedError(), "unavailable"),
        (TimeoutError(), "unavailable"),
        (NoConnectionFree(), "unavailable"),
        (asyncpg.AdminShutdownError("bye"), "unavailable"),
        (asyncpg.TooManyConnectionsError("full"), "unavailable"),
        (asyncpg.DeadlockDetectedError("embrace"), "unavailable"),
        (asyncpg.SerializationError("again"), "unavailable"),
        (asyncpg.LockNotAvailableError("taken"), "unavailable"),
        (driver_error(asyncpg.DeadlockDetectedError("embrace")), "unavailable"),
        (driver_error(ConnectionResetError()), "unavailable"),
        (asyncpg.CharacterNotInRepertoireError("NUL"), "invalid-input"),
        (driver_error(asyncpg.NumericValueOutOfRangeError("large")), "invalid-input"),
        (asyncpg.UniqueViolationError("twice"), "collision"),
        (driver_error(asyncpg.UniqueViolationError("twice")), "collision"),
        (asyncpg.UndefinedTableError("gone"), "unexpected"),
        (KeyError("ada@example.com"), "unexpected"),
        (ExceptionGroup("many", [ConnectionRefusedError()]), "unavailable"),
    ],
)
def test_every_failure_is_some_problem(error: Exception, slug: str) -> None:
    problem = problem_of(error)
    assert problem.slug == slug
    assert "ada" not in str(problem.body())
    if slug == "unavailable":
        assert "Retry-After" in problem.headers


def test_a_problem_document_has_all_its_members() -> None:
    problem = InvalidInput(faults=[Fault("/total", "differs by 1 ct")], headers={"X-Y": "z"}, difference=1)
    answer = problem_response(problem, "r-1")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-y"] == "z"
    assert json.loads(answer.body) == {
        "type": "urn:tidings:problem:invalid-input",
        "title": "Invalid input",
        "status": 422,
        "detail": "The request is not valid; every fault found is listed under `errors`.",
        "instance": "urn:tidings:request:r-1",
        "errors": [{"pointer": "/total", "detail": "differs by 1 ct"}],
        "difference": 1,
    }


def test_text_that_is_not_unicode_does_not_break_the_answer() -> None:
    answer = problem_response(NotFound(detail="\ud800"), None)
    assert json.loads(answer.body)["detail"] == "?"
