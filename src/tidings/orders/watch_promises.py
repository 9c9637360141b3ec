"""Watches the promises to customers: staff is told before one is missed, when it was, and somebody else if it stays so.

Each once, in one transaction with its record, event, task and e-mail. Runs in every worker, all the time, and asks
nobody but Postgres; whoever dies in between has told nothing, and the next look tells it.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import structlog

from tidings.deadlines.watch import STAGES, DueClock, Stage, Warnings, clocks_due
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away
from tidings.milestones.table import TABLE
from tidings.orders.tell_staff import tell_staff

log = structlog.get_logger(__name__)

# Of one stage at a look; when there is more, the next look follows at once.
MOST_AT_ONCE: Final = 200
_WARNINGS: Final = Warnings(
    {milestone: promise.warn_before for milestone, promise in TABLE.items() if promise.within is not None}
)


async def run_watch(begin: Begin, clock: Clock, *, every: timedelta) -> None:
    """Look again and again, until cancelled."""
    while True:
        told = await watch_promises(begin, clock.now())
        if max(told.values(), default=0) < MOST_AT_ONCE:
            await asyncio.sleep(every.total_seconds())


async def watch_promises(begin: Begin, now: datetime, *, most: int = MOST_AT_ONCE) -> Counter[Stage]:
    """Look once, and tell staff of what is due; says how many of each stage were told."""
    told: Counter[Stage] = Counter()
    for stage in STAGES:
        async with begin.statement() as connection:
            due = await clocks_due(connection, stage, now, _WARNINGS, most=most)
        for clock in due:
            told[stage] += await _told(begin, stage, clock, now)
    return told


async def _told(begin: Begin, stage: Stage, clock: DueClock, now: datetime) -> bool:
    """One of them; whatever is wrong with it, the others are told."""
    try:
        async with begin(clock.scope) as tx:
            return await tell_staff(tx, stage, clock, now=now)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("promise.not_told", stage=stage, deadline=wire("ddl", clock.id), error=type(error).__name__)
        return False
