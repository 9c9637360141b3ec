"""A doorbell over Redis or Valkey pub/sub: off the order's path, at most one ring in five milliseconds.

Pub/sub rather than Postgres's LISTEN: a NOTIFY in each order's transaction takes a database-wide lock at commit, and
LISTEN does not pass a transaction pooler. A lost ring costs at most one sweep.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "tidings:work"

_QUIET_SECONDS = 0.005
_TROUBLE = (RedisError, OSError, TimeoutError)
_LONGEST_WAIT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class RedisDoorbell:
    """Rings by PUBLISH, hears by SUBSCRIBE. Must be opened inside a running loop, closed in the same."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=None, health_check_interval=15)
        self._wanted = asyncio.Event()
        self._rung = 0

    def ring(self) -> None:
        """Ask for a ring soon; what asks within the quiet time shares it."""
        self._wanted.set()

    async def run(self) -> None:
        """Publish what was asked for, until cancelled."""
        while True:
            await self._wanted.wait()
            # Trailing edge: whoever commits during the quiet time is covered by the ring at its end.
            await asyncio.sleep(_QUIET_SECONDS)
            self._wanted.clear()
            try:
                async with asyncio.timeout(2):
                    await self._redis.publish(CHANNEL, b"")
            except _TROUBLE as error:
                log.debug("doorbell.silent", error=type(error).__name__)

    async def hear(self, *wakes: asyncio.Event) -> None:
        """Set the events at every ring; subscribes anew whenever the server went away."""
        wait = 0.1
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CHANNEL)
                    # What rang while nobody was subscribed is not heard: look once.
                    _set(wakes)
                    wait = 0.1
                    async for _ in subscription.listen():
                        _set(wakes)
            except _TROUBLE as error:
                log.warning("doorbell.away", error=type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)

    async def is_there(self) -> bool:
        """Whether the server answers."""
        try:
            async with asyncio.timeout(1):
                return bool(await self._redis.ping())
        except _TROUBLE:
            return False

    async def close(self) -> None:
        """Let go of the connections."""
        with suppress(*_TROUBLE):
            await self._redis.aclose()


def _set(wakes: Iterable[asyncio.Event]) -> None:
    for wake in wakes:
        wake.set()


class NoDoorbell:
    """No Redis: the sweep finds the work."""

    def ring(self) -> None:
        """Nobody hears."""

    async def run(self) -> None:
        """Nothing to publish."""
        await asyncio.Event().wait()

    async def hear(self, *wakes: asyncio.Event) -> None:  # noqa: ARG002 - it never rings
        """Silence."""
        await asyncio.Event().wait()

    async def is_there(self) -> bool:
        """There is none."""
        return False

    async def close(self) -> None:
        """Nothing to let go of."""
