"""An absent database is told from a refusal by it."""

import asyncpg
import pytest
from sqlalchemy import exc

from tidings.kit.outage import is_database_away, is_of_the_moment, sqlstate


def wrapped(cause: BaseException | None, *, invalidated: bool = False) -> exc.DBAPIError:
    original = Exception("as the dialect wraps it")
    original.__cause__ = cause
    return exc.DBAPIError("SELECT 1", {}, original, connection_invalidated=invalidated)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("bye"),
        asyncpg.ConnectionDoesNotExistError("closed"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.LockNotAvailableError("held by another"),
        asyncpg.ReadOnlySQLTransactionError("standby"),
        asyncpg.InterfaceError("connection is closed"),
        exc.TimeoutError(),
        wrapped(asyncpg.AdminShutdownError("bye")),
        wrapped(None, invalidated=True),
    ],
)
def test_an_absent_database_is_waited_for(error: BaseException) -> None:
    assert is_database_away(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        ValueError("x"),
        asyncpg.UniqueViolationError("twice"),
        asyncpg.DataError("invalid input for query argument $1"),
        asyncpg.UndefinedTableError("gone"),
        wrapped(asyncpg.UniqueViolationError("twice")),
        wrapped(None),
    ],
)
def test_a_refusal_is_somebodys_mistake(error: BaseException) -> None:
    assert not is_database_away(error)


@pytest.mark.parametrize(
    ("error", "holds"),
    [
        (asyncpg.DeadlockDetectedError("victim"), True),
        (exc.DBAPIError("SELECT 1", {}, asyncpg.SerializationError("overtaken")), True),
        (asyncpg.UniqueViolationError("twice"), False),
        (ValueError("x"), False),
    ],
)
def test_whoever_was_in_the_way_of_another_may_begin_again(error: BaseException, holds: bool) -> None:  # noqa: FBT001
    assert is_of_the_moment(error) is holds


def test_a_state_is_read_from_whatever_tells_of_it() -> None:
    assert sqlstate(asyncpg.DeadlockDetectedError()) == "40P01"
    assert sqlstate(ValueError()) == ""
