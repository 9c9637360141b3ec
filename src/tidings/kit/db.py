"""Postgres: one MetaData, transactions as indents, and many rows in one statement.

`begin(scope)` opens a transaction for one storefront and mode, `begin.across()` one across all of them (worker and
command line only). Leaving the block commits, an exception rolls back; nobody else commits. The driver runs in
autocommit and the block itself sends BEGIN and COMMIT, so that SQLAlchemy and bare asyncpg share one transaction on
one connection (docs/decisions/0003).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar, cast

import asyncpg
from sqlalchemy import CheckConstraint, MetaData, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase

from tidings.kit.scope import Mode, Scope

__all__ = [
    "Base", "Begin", "Mode", "Scope", "Tx", "metadata", "one_of", "raw_connection",
]  # fmt: skip

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Base(DeclarativeBase):
    """The root of every slice's tables."""

    metadata = metadata
    # Each of ours is mapped to a table, never to a query.
    __table__: ClassVar[Table]


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """States are text with a CHECK, so that adding one is a plain migration."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


class Tx:
    """An open transaction; whoever takes one is a part of it and opens nothing."""

    def __init__(self, connection: AsyncConnection, raw: asyncpg.Connection, scope: Scope | None) -> None:
        self.connection = connection
        self.raw = raw
        self._scope = scope
        self._session: AsyncSession | None = None
        # Set by whoever leaves work in the outbox: the worker's bell is rung after the commit.
        self.wakes_worker = False

    @property
    def scope(self) -> Scope:
        """Whose rows this transaction is for; a transaction across storefronts has none and must say it per query."""
        if self._scope is None:
            message = "this transaction runs across storefronts"
            raise LookupError(message)
        return self._scope

    @property
    def session(self) -> AsyncSession:
        """Objects and queries by SQLAlchemy, in this transaction; flushed when the block ends."""
        if self._session is None:
            self._session = AsyncSession(bind=self.connection, expire_on_commit=False, autoflush=False)
        return self._session

    async def flush(self) -> None:
        """Write what the session holds, so that bare statements of the same transaction see it."""
        if self._session is not None:
            await self._session.flush()

    async def close(self) -> None:
        """Let go of the session; its objects stay readable."""
        if self._session is not None:
            await self._session.close()


class Begin:
    """Opens transactions on one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        # Called after the commit of a transaction that left work behind; must neither block nor fail.
        self.on_work: Callable[[], None] = _nobody
        self._in_hand: list[tuple[AsyncConnection, asyncpg.Connection]] = []

    def __call__(self, scope: Scope) -> AbstractAsyncContextManager[Tx]:
        """A transaction for one storefront and mode."""
        return self._transaction(scope, "BEGIN")

    def across(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction across storefronts: for the worker and the command line."""
        return self._transaction(None, "BEGIN")

    def reading(self, scope: Scope | None) -> AbstractAsyncContextManager[Tx]:
        """A read-only transaction with one snapshot for all of its queries."""
        return self._transaction(scope, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[asyncpg.Connection]:
        """A bare connection for tuned statements, each of which is its own transaction.

        The last few are kept in hand: going through the pool costs more than a small statement.
        """
        connection, raw = await self._bare()
        try:
            yield raw
        except BaseException:
            # Its state is not known (a cancelled statement may still run): it is not used again.
            await asyncio.shield(_discard(connection))
            raise
        if len(self._in_hand) < _MOST_IN_HAND:
            self._in_hand.append((connection, raw))
        else:
            await connection.close()

    async def _bare(self) -> tuple[AsyncConnection, asyncpg.Connection]:
        while self._in_hand:
            connection, raw = self._in_hand.pop()
            if not raw.is_closed():
                return connection, raw
            await _discard(connection)
        return await _fresh(self.engine)

    async def close(self) -> None:
        """Close every connection."""
        while self._in_hand:
            connection, _ = self._in_hand.pop()
            await connection.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(self, scope: Scope | None, opening: str) -> AsyncIterator[Tx]:
        async with _open_block(self.engine, scope, opening) as tx:
            yield tx
        if tx.wakes_worker:
            self.on_work()


def _nobody() -> None:
    """Without a doorbell the worker's sweep finds the work."""


@asynccontextmanager
async def _open_block(engine: AsyncEngine, scope: Scope | None, opening: str) -> AsyncIterator[Tx]:
    connection, raw = await _opened(engine, opening)
    tx = Tx(connection, raw, scope)
    try:
        yield tx
        await tx.flush()
        await raw.execute("COMMIT")
    except BaseException:
        await asyncio.shield(_roll_back(connection, raw))
        raise
    finally:
        await asyncio.shield(_give_back(connection, tx))


# Bare connections kept out of the pool by one process.
_MOST_IN_HAND = 3

# More than any pool holds: an absent Postgres is told by `connect` itself, at once.
_MOST_STALE = 500

# asyncpg calls it an internal error when Postgres has said that it is shutting down and the end of the connection has
# not been read yet.
_STALE = (OSError, DBAPIError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def _opened(engine: AsyncEngine, opening: str) -> tuple[AsyncConnection, asyncpg.Connection]:
    """A connection on which the transaction has begun; stale ones (Postgres was restarted) are replaced."""
    for left in reversed(range(_MOST_STALE)):
        connection = await engine.connect()
        try:
            raw = await raw_connection(connection)
            await raw.execute(opening)
        except _STALE:
            await connection.invalidate()
            await connection.close()
            if not left:
                raise
        except BaseException:
            await asyncio.shield(_discard(connection))
            raise
        else:
            return connection, raw
    raise AssertionError


async def _fresh(engine: AsyncEngine) -> tuple[AsyncConnection, asyncpg.Connection]:
    """A connection that is not known to be dead."""
    for _ in range(_MOST_STALE):
        connection = await engine.connect()
        try:
            raw = await raw_connection(connection)
        except BaseException:
            await asyncio.shield(_discard(connection))
            raise
        if not raw.is_closed():
            return connection, raw
        await _discard(connection)
    raise AssertionError


async def raw_connection(connection: AsyncConnection) -> asyncpg.Connection:
    """The bare asyncpg connection under a SQLAlchemy one."""
    pooled = await connection.get_raw_connection()
    return cast("asyncpg.Connection", pooled.driver_connection)


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()


async def _roll_back(connection: AsyncConnection, raw: asyncpg.Connection) -> None:
    try:
        await raw.execute("ROLLBACK")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        # A connection whose state is not known must not go back into the pool.
        await connection.invalidate()


async def _give_back(connection: AsyncConnection, tx: Tx) -> None:
    await tx.close()
    await connection.close()
