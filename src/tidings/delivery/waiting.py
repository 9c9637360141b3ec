"""Where claimed messages wait for a line: the most urgent of each route first, the routes in turn."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from tidings.delivery.claim import Claimed
from tidings.outbox.claim import Route


class Waiting(NamedTuple):
    """A claimed message, in the order in which it leaves."""

    # Lower goes first; among equals, who came first.
    priority: int
    place: int
    # By the monotonic clock: after this its lease is too old to set out with.
    until: float
    claimed: Claimed


class WaitingRoom:
    """One worker's; nothing in it is known to nobody but it: every lease runs out by itself."""

    def __init__(self) -> None:
        self._by_route: dict[Route, list[Waiting]] = {}
        self._places = count()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def of(self, route: Route) -> int:
        """How many of one route wait."""
        return len(self._by_route.get(route, ()))

    def put(self, messages: Sequence[Claimed], until: float) -> None:
        """Let these wait."""
        for claimed in messages:
            waiting = Waiting(claimed.priority, next(self._places), until, claimed)
            heappush(self._by_route.setdefault(claimed.route, []), waiting)
        self._size += len(messages)

    def take(self, can_go: Callable[[Route], bool]) -> Iterator[Waiting]:
        """One message after the other, of each route in turn, while the route can go; stop iterating to stop taking."""
        turn = deque(self._by_route)
        while turn:
            route = turn.popleft()
            if not can_go(route):
                continue
            mine = self._by_route.pop(route)
            taken = heappop(mine)
            self._size -= 1
            if mine:
                # Behind the others, for whoever takes next.
                self._by_route[route] = mine
                turn.append(route)
            yield taken

    def late(self, now: float) -> list[Claimed]:
        """Take out whoever has waited too long."""
        return self._taken_out(lambda waiting: waiting.until <= now)

    def clear(self) -> list[Claimed]:
        """Take out everybody."""
        return self._taken_out(lambda _: True)

    def _taken_out(self, leaves: Callable[[Waiting], bool]) -> list[Claimed]:
        everybody = [waiting for mine in self._by_route.values() for waiting in mine]
        self._by_route, self._size = {}, 0
        for waiting in everybody:
            if not leaves(waiting):
                heappush(self._by_route.setdefault(waiting.claimed.route, []), waiting)
                self._size += 1
        return [waiting.claimed for waiting in everybody if leaves(waiting)]
