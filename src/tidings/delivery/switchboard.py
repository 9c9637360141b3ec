"""The lines out: which connections serve a route, how busy each is, and which one a message takes."""

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tidings.delivery.ports import ConnectionConfig, Sender
from tidings.outbox.claim import Route

# Reads the usable connections of these storefronts: not paused, not halted, in the order of their priority.
ReadConnections = Callable[[Collection[UUID]], Awaitable[Sequence[ConnectionConfig]]]
OpenSender = Callable[[ConnectionConfig], Sender]


@dataclass(slots=True, eq=False)
class Line:
    """One connection, opened."""

    connection: ConnectionConfig
    sender: Sender
    limit: int
    in_flight: int = 0
    has_answered: bool = False
    route: Route = field(init=False)

    def __post_init__(self) -> None:
        connection = self.connection
        self.route = Route(connection.storefront_id, connection.mode, connection.channel)

    @property
    def free(self) -> int:
        """How many more sends it may carry now."""
        return self.limit - self.in_flight


class Switchboard:
    """Keeps the lines of the storefronts that have work, read again every `keep_seconds`."""

    def __init__(self, read: ReadConnections, open_sender: OpenSender, *, limit: int, keep_seconds: float = 2) -> None:
        self._read = read
        self._open = open_sender
        self._limit = limit
        self._keep_seconds = keep_seconds
        self._read_at: dict[UUID, float] = {}
        self._routes: dict[Route, list[Line]] = {}
        self._lines: dict[UUID, Line] = {}
        # Replaced by a changed configuration, with sends still under way.
        self._retired: list[Line] = []

    async def refresh(self, routes: Iterable[Route]) -> None:
        """Read anew the connections of those storefronts whose knowledge has aged; where one is missing, always."""
        now = time.monotonic()
        stale = {route.storefront_id for route in routes if self._is_stale(route, now)}
        if not stale:
            return
        found = await self._read(stale)
        self._routes = {route: lines for route, lines in self._routes.items() if route.storefront_id not in stale}
        for connection in found:
            line = await self._line(connection)
            self._routes.setdefault(line.route, []).append(line)
        self._read_at |= dict.fromkeys(stale, now)
        await self._close_retired()

    def _is_stale(self, route: Route, now: float) -> bool:
        read_at = self._read_at.get(route.storefront_id)
        return read_at is None or now - read_at > self._keep_seconds or not self._routes.get(route)

    async def _line(self, connection: ConnectionConfig) -> Line:
        known = self._lines.get(connection.id)
        if known is not None and known.connection.version == connection.version:
            return known
        line = Line(connection, self._open(connection), self._limit)
        self._lines[connection.id] = line
        if known is not None:
            self._retired.append(known)
        return line

    async def _close_retired(self) -> None:
        idle = [line for line in self._retired if line.in_flight == 0]
        self._retired = [line for line in self._retired if line.in_flight]
        for line in idle:
            await line.sender.close()

    def lines(self, route: Route) -> Sequence[Line]:
        """The lines of a route, the preferred one first."""
        return self._routes.get(route, ())

    def line(self, connection_id: UUID) -> Line | None:
        """The line of one connection, if it has been opened."""
        return self._lines.get(connection_id)

    def pick(self, route: Route, refused_by: Collection[str]) -> Line | None:
        """The best free line that has not refused the message; if all have, the best free one of all."""
        lines = self.lines(route)
        willing = lines
        if refused_by:
            willing = [line for line in lines if str(line.connection.id) not in refused_by] or lines
        return next((line for line in willing if line.free > 0), None)

    def quota(self, route: Route) -> int:
        """How many messages of this route can leave now."""
        return sum(max(line.free, 0) for line in self.lines(route))

    def has_room(self, route: Route) -> bool:
        """Whether half of the route's places are free; a route without a line needs none."""
        return all(line.free * 2 >= line.limit for line in self.lines(route))

    def capacity(self, route: Route) -> int:
        """How many messages of this route have been seen to be under way at once: of lines that answer."""
        return sum(line.limit for line in self.lines(route) if line.has_answered)

    def first_step(self, storefront_id: UUID, mode: str, plan: Sequence[Mapping[str, Any]], after: int) -> int | None:
        """The first entry of a plan behind `after` whose channel has a line."""
        for step, entry in enumerate(plan):
            if step > after and self.lines(Route(storefront_id, mode, entry["channel"])):
                return step
        return None

    def halt(self, connection_id: UUID) -> None:
        """Stop using a connection in this process now; the others read it within seconds."""
        for lines in self._routes.values():
            lines[:] = [line for line in lines if line.connection.id != connection_id]

    async def close(self) -> None:
        """Let go of every line."""
        for line in (*self._lines.values(), *self._retired):
            await line.sender.close()
        self._retired.clear()
        self._lines.clear()
        self._routes.clear()
        self._read_at.clear()
