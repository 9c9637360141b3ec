"""What a worker does all the time: drains, posts events, listens for the bell, runs its background loops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog

from tidings.bootstrap import Loop, Runtime
from tidings.delivery.guard import guard_of
from tidings.webhooks.deliver import Deliveries
from tidings.worker.drain import make_drain
from tidings.worker.handlers import make_errands

_PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


@asynccontextmanager
async def attendance(runtime: Runtime) -> AsyncIterator[None]:
    """Drain and listen for as long as the block lasts; leaving it stops gracefully."""
    wake, stop, errand_wake, event_wake = (asyncio.Event() for _ in range(4))
    async with asyncio.TaskGroup() as group:
        background = [
            group.create_task(runtime.doorbell.hear(wake, errand_wake, event_wake)),
            group.create_task(_again_and_again(partial(make_errands(runtime).run, errand_wake))),
            *(group.create_task(_again_and_again(loop)) for loop in runtime.loops),
        ]
        draining = group.create_task(_draining(runtime, wake, stop))
        posting = group.create_task(_posting(runtime, event_wake))
        try:
            yield
        finally:
            stop.set()
            wake.set()
            # Both end what has left already, side by side.
            posting.cancel()
            await asyncio.wait([draining, posting])
            for task in background:
                task.cancel()


async def _posting(runtime: Runtime, wake: asyncio.Event) -> None:
    if guard_of(runtime.settings.guard).is_on:
        # What happens in a copy of production is no news to the shops' own systems.
        log.warning("webhooks.off", reason="guarded_copy")
        await asyncio.Event().wait()
    await _again_and_again(partial(_deliveries(runtime).run, wake))


def _deliveries(runtime: Runtime) -> Deliveries:
    grace = timedelta(seconds=runtime.settings.worker.grace_seconds)
    return Deliveries(runtime.begin, runtime.clock, runtime.vault, runtime.courier, grace, metrics=runtime.metrics)


async def _draining(runtime: Runtime, wake: asyncio.Event, stop: asyncio.Event) -> None:
    """A drain that dies of a bug is replaced; what it held comes back when its leases run out."""
    while not stop.is_set():
        try:
            await make_drain(runtime).run(wake, stop)
        except Exception as error:
            log.exception("drain.died", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)


async def _again_and_again(loop: Loop) -> None:
    while True:
        try:
            await loop()
        except Exception as error:
            log.exception("loop.died", error=type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)
