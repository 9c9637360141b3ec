"""The schedule: what is looked after now and then, each found again from the facts, so that a missed turn is harmless.

arq runs each turn on one worker only (the turn's time is its job's id).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from arq.cron import CronJob, cron
from arq.typing import WorkerCoroutine

from tidings.bootstrap import Runtime
from tidings.callbacks.match import match_unmatched
from tidings.delivery.overdue import mark_overdue
from tidings.kit.idempotency import expire_keys
from tidings.orders.unsent import find_unsent
from tidings.retention.run_all import run_all

_EVERY_TEN_SECONDS = set(range(0, 60, 10))
_TIMEOUT = timedelta(minutes=5)
# One that is not over by then goes on the next day, where it stood.
_ROUND = timedelta(hours=4)

log = structlog.get_logger(__name__)


async def match_inbox(ctx: dict[str, Any]) -> None:
    """Match receipts that came before their attempts were known."""
    runtime: Runtime = ctx["runtime"]
    await match_unmatched(runtime.begin, runtime.clock.now())


async def find_overdue_receipts(ctx: dict[str, Any]) -> None:
    """Mark messages whose promised receipt has not come."""
    runtime: Runtime = ctx["runtime"]
    await mark_overdue(runtime.begin, runtime.clock.now())


async def look_for_unsent(ctx: dict[str, Any]) -> None:
    """Look, from the facts, for what is owed and not sent; give new work to what has lost it."""
    runtime: Runtime = ctx["runtime"]
    limit = timedelta(seconds=runtime.settings.worker.unsent_alarm_seconds)
    await find_unsent(runtime.begin, runtime.clock.now(), limit=limit)


async def forget_keys(ctx: dict[str, Any]) -> None:
    """Forget Idempotency-Keys that have lived long enough."""
    runtime: Runtime = ctx["runtime"]
    keep = timedelta(hours=runtime.settings.api.idempotency_hours)
    await expire_keys(runtime.begin, runtime.clock.now(), keep=keep)


async def keep_terms(ctx: dict[str, Any]) -> None:
    """Take away what has been kept long enough, in every shop and mode; what broke off goes on."""
    runtime: Runtime = ctx["runtime"]
    if runtime.keeper is None:
        log.warning("retention.off", reason="no_role")
        return
    await run_all(runtime.keeper, runtime.map, now=runtime.clock.now())


def cron_jobs() -> Sequence[CronJob]:
    """The schedule, for arq."""
    often: Sequence[WorkerCoroutine] = (match_inbox, find_overdue_receipts, look_for_unsent)
    return [
        *(cron(job, second=_EVERY_TEN_SECONDS, timeout=_TIMEOUT, keep_result=0, max_tries=1) for job in often),
        cron(keep_terms, hour={3}, minute={23}, timeout=_ROUND, keep_result=0, max_tries=1),
        cron(forget_keys, minute={7}, timeout=_TIMEOUT, keep_result=0, max_tries=1),
    ]
