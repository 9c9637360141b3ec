"""What is read from the database at each scrape of the metrics."""

from datetime import timedelta

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.metrics import Metrics
from tidings.orders.unsent import find_unsent
from tidings.outbox.depth import depth


async def measure(begin: Begin, clock: Clock, metrics: Metrics, *, limit: timedelta) -> None:
    """How much is waiting, since when; and what is owed for longer than the limit and has not been sent."""
    async with begin.across() as tx:
        waiting = await depth(tx)
    metrics.outbox(waiting.rows, waiting.oldest_seconds)
    metrics.due_unsent((await find_unsent(begin, clock.now(), limit=limit)).late)
