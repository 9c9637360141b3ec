"""What Prometheus is told. One registry to a process's runtime, so that two of them (in tests) do not mix."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    GC_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST

_HTTP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_TOLD_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 4 * 3600, 24 * 3600)
_LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_SEND_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

Refresh = Callable[[], Awaitable[None]]


class Metrics:
    """Everything that is counted; labels are words of ours, never ids or addresses."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # Awaited before each scrape: what is read from the database rather than counted here.
        self.on_scrape: list[Refresh] = []
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(GC_COLLECTOR)
        self._http = self._times(
            "http_request",
            "From a request's first byte to its answer's last",
            _HTTP_SECONDS,
            "method",
            "route",
            "status",
        )
        self._http_of = lru_cache(maxsize=4096)(self._http.labels)
        self._sending = self._times(
            "send", "Until a provider answered an attempt", _SEND_SECONDS, "channel", "provider"
        )
        self._told = self._times(
            "commit_to_accepted",
            "From the commit that owed a message to a provider's acceptance",
            _TOLD_SECONDS,
            "channel",
        )
        self._attempts = self._count("attempts", "Attempts, by what became of them", "channel", "provider", "outcome")
        # Looking a child up costs more than counting in it.
        self._attempts_of = lru_cache(maxsize=1024)(self._attempts.labels)
        self._sending_of = lru_cache(maxsize=256)(self._sending.labels)
        self._told_of = lru_cache(maxsize=16)(self._told.labels)
        self._receipts = self._count("receipts", "What providers said later", "channel", "provider", "status")
        self._callbacks = self._count("callbacks", "Callbacks, by what was done with them", "provider", "outcome")
        self._posted = self._count("events_posted", "Events posted to shops' own systems", "outcome")
        self._taken = self._times("event_to_taken", "From an event to the shop's taking it", _TOLD_SECONDS)
        self._depth = self._level("outbox_depth", "Messages that wait", "queue", "state")
        self._oldest = self._level(
            "outbox_oldest_seconds", "How long the oldest message that may go has been due", "queue"
        )
        self._unsent = self._level("due_unsent", "Owed, overdue and not tried: anything above 0 calls for a person")
        self._lag = self._times("loop_lag", "How late the event loop was, each time that it was looked", _LAG_SECONDS)

    def _times(self, name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"tidings_{name}_seconds", what, labels, buckets=buckets, registry=self.registry)

    def _count(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"tidings_{name}", what, labels, registry=self.registry)

    def _level(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"tidings_{name}", what, labels, registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has been answered; `route` is its path template."""
        self._http_of(method, route, str(status)).observe(seconds)

    def outbox(self, depth: Mapping[tuple[str, str], int], oldest_seconds: Mapping[str, float]) -> None:
        """What waits: depth by (queue, state), and the age of the oldest by queue."""
        self._depth.clear()
        self._oldest.clear()
        for (queue, state), rows in depth.items():
            self._depth.labels(queue, state).set(rows)
        for queue, seconds in oldest_seconds.items():
            self._oldest.labels(queue).set(seconds)

    def due_unsent(self, messages: int) -> None:
        """So many messages should have been tried by now and have not."""
        self._unsent.set(messages)

    def attempted(self, channel: str, provider: str, outcome: str, seconds: float) -> None:
        """An attempt has ended; `outcome` is the name of a class of delivery/ports.py, in small letters."""
        self._attempts_of(channel, provider, outcome).inc()
        self._sending_of(channel, provider).observe(seconds)

    def accepted(self, channel: str, seconds_since_owed: float) -> None:
        """A provider has taken a message."""
        self._told_of(channel).observe(max(0.0, seconds_since_owed))

    def receipt(self, channel: str, provider: str, status: str) -> None:
        """A provider has said something about an attempt."""
        self._receipts.labels(channel, provider, status).inc()

    def callback(self, provider: str, outcome: str) -> None:
        """A callback came: `stored`, `repeated`, `refused`, `unreadable`."""
        self._callbacks.labels(provider, outcome).inc()

    def posted(self, outcome: str, seconds_since_event: float) -> None:
        """An event was posted: it was `taken` so long after it happened, `refused`, or `unanswered`."""
        self._posted.labels(outcome).inc()
        if outcome == "taken":
            self._taken.observe(max(0.0, seconds_since_event))

    def loop_lag(self, seconds: float) -> None:
        """The event loop was this late."""
        self._lag.observe(seconds)

    async def page(self) -> bytes:
        """The page that Prometheus reads."""
        for refresh in self.on_scrape:
            await refresh()
        return generate_latest(self.registry)


async def watch_loop(metrics: Metrics, *, every_seconds: float = 0.1) -> None:
    """Measure, for as long as the task lives, how late the event loop wakes sleepers.

    Looked at ten times a second, a loop that is held up for 50 ms is caught every other time: often enough for a
    histogram, and too seldom to be felt.
    """
    while True:
        before = time.perf_counter()
        await asyncio.sleep(every_seconds)
        metrics.loop_lag(max(0.0, time.perf_counter() - before - every_seconds))
