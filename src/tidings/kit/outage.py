"""Tells an absent database from a refusal by it: the first is waited out, the second is somebody's mistake.

Or the moment's: two transactions were in each other's way, and whoever was thrown back may simply begin again.
"""

from typing import Final

import asyncpg
from sqlalchemy import exc as sqlalchemy_exc

_AWAY: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    # Shut down, crashed, starting up, statement cancelled.
    asyncpg.exceptions.OperatorInterventionError,
    # Somebody has held a lock for longer than anybody waits.
    asyncpg.exceptions.LockNotAvailableError,
    # Too many connections, out of memory or disk.
    asyncpg.exceptions.InsufficientResourcesError,
    # The primary became a standby.
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sqlalchemy_exc.TimeoutError,
)


def is_database_away(error: BaseException) -> bool:
    """Whether the database (or the way to it) is absent, rather than saying no."""
    if isinstance(error, sqlalchemy_exc.DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (cause is not None and is_database_away(cause))
    # asyncpg's own word for an argument of the wrong type is an InterfaceError too.
    return isinstance(error, _AWAY) and not isinstance(error, asyncpg.DataError | ValueError)


# Could not be serialized; a deadlock.
_OF_THE_MOMENT: Final = frozenset({"40001", "40P01"})


def is_of_the_moment(error: BaseException) -> bool:
    """Whether the same again may well succeed: two transactions were in each other's way, and this one gave in."""
    return sqlstate(error) in _OF_THE_MOMENT


def sqlstate(error: BaseException) -> str:
    """Postgres's code for an error, whichever library tells of it; empty when it has none."""
    original = error.orig if isinstance(error, sqlalchemy_exc.DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")
