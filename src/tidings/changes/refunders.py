"""Opens whoever can pay an order's money back: the connection to the provider that it came through."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from tidings.changes.ports import ConnectionConfig, Refunder
from tidings.kit.scope import Scope

# Reads the usable connections of these storefronts, the preferred first.
ReadConnections = Callable[[Collection[UUID]], Awaitable[Sequence[ConnectionConfig]]]
# None: this provider pays nothing back.
OpenRefunder = Callable[[ConnectionConfig], Refunder | None]


class Refunders:
    """Opens refunders, each for one question: refunds are few."""

    def __init__(self, read: ReadConnections, open_refunder: OpenRefunder) -> None:
        self._read = read
        self._open = open_refunder

    @asynccontextmanager
    async def of(self, scope: Scope, serves: Callable[[str], bool]) -> AsyncIterator[Refunder | None]:
        """The first usable connection that can pay back, of a provider that serves; None when there is none."""
        refunder = await self._first(scope, serves)
        try:
            yield refunder
        finally:
            if refunder is not None:
                await refunder.close()

    async def _first(self, scope: Scope, serves: Callable[[str], bool]) -> Refunder | None:
        for connection in await self._read([scope.storefront_id]):
            is_ours = connection.mode == scope.mode and connection.channel == "payment"
            if is_ours and serves(connection.provider):
                refunder = self._open(connection)
                if refunder is not None:
                    return refunder
        return None
