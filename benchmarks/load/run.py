"""Load: closed (each connection asks again as soon as it is answered) or open (at a rate, come what may)."""

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load.client import Client
from benchmarks.load.requests import Numbered

_PATIENCE = 30.0


@dataclass(slots=True)
class Tally:
    """What was answered; latencies and moments only of the measured stretch."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    # Number of the request and the moment of its answer, by the machine's monotonic clock.
    serials: "array[int]" = field(default_factory=lambda: array("q"))
    moments: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: float = 0.0

    def as_json(self, *, with_moments: bool) -> dict[str, Any]:
        """As it is handed back."""
        told: dict[str, Any] = {
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "measured": len(self.latencies),
            "seconds": self.seconds,
            "per_second": len(self.latencies) / self.seconds if self.seconds else 0.0,
            **percentiles(self.latencies),
        }
        if with_moments:
            told["moments"] = dict(zip(map(str, self.serials), self.moments, strict=True))
        return told


def percentiles(latencies: "array[float]") -> dict[str, float]:
    """In milliseconds."""
    in_order = sorted(latencies)
    if not in_order:
        return {}
    last = len(in_order) - 1
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: in_order[round(share * last)] * 1000 for name, share in shares.items()}


class Load:
    """A number of connections and where their requests come from."""

    def __init__(self, requests: Iterator[Numbered]) -> None:
        self.tally = Tally()
        self._requests = requests
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._free: deque[Client] = deque()
        # Requests of an open load that wait for a connection: the moment that each was meant to leave.
        self._late: deque[float] = deque()
        self._is_closed_loop = False
        self._under_way = 0
        self._from = self._until = 0.0

    async def connect(self, host: str, port: int, connections: int) -> None:
        """Open the connections."""
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, client = await loop.create_connection(lambda: Client(self._answered, self._failed), host, port)
            self._free.append(client)

    async def closed(self, seconds: float, warm_up: float) -> Tally:
        """Ask as fast as is answered."""
        self._is_closed_loop = True
        self._open(seconds, warm_up)
        clients, self._free = list(self._free), deque()
        for client in clients:
            self._next(client, time.monotonic())
        return await self._ended(clients)

    async def open(self, seconds: float, warm_up: float, rate: float) -> Tally:
        """Ask at a rate; a request that finds no free connection has begun all the same."""
        clients = list(self._free)
        self._open(seconds, warm_up)
        start = time.monotonic()
        for n in range(round((seconds + warm_up) * rate)):
            began = start + n / rate
            wait = began - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            if self._free:
                self._next(self._free.popleft(), began)
            else:
                self._late.append(began)
        if not self._under_way and not self._late:
            self._finish()
        self._until = min(self._until, time.monotonic())
        return await self._ended(clients)

    def _open(self, seconds: float, warm_up: float) -> None:
        self._from = time.monotonic() + warm_up
        self._until = self._from + seconds

    async def _ended(self, clients: list[Client]) -> Tally:
        async with asyncio.timeout(_PATIENCE + max(0.0, self._until - time.monotonic())):
            await self._over
        for client in clients:
            client.close()
        self.tally.seconds = min(self._until, time.monotonic()) - self._from
        return self.tally

    def _next(self, client: Client, began: float) -> None:
        numbered = next(self._requests, None)
        if numbered is None:
            self._until = min(self._until, time.monotonic())
            self._rest(client)
            return
        self._under_way += 1
        client.send(*numbered, began)

    def _answered(self, client: Client, status: int) -> None:
        now, tally = time.monotonic(), self.tally
        self._under_way -= 1
        tally.statuses[status] += 1
        if self._from <= now <= self._until or (not self._is_closed_loop and now >= self._from):
            tally.latencies.append(now - client.began)
            tally.serials.append(client.serial)
            tally.moments.append(now)
        if self._late:
            self._next(client, self._late.popleft())
        elif self._is_closed_loop and now < self._until:
            self._next(client, now)
        else:
            self._rest(client)

    def _rest(self, client: Client) -> None:
        self._free.append(client)
        if not self._under_way and not self._late and time.monotonic() >= self._until:
            self._finish()

    def _finish(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _failed(self, error: Exception) -> None:
        if not self._over.done():
            self._over.set_exception(error)
