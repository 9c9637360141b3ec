"""`tidings worker`: the drain, and beside it arq, each watched over by itself.

The drain needs only Postgres. arq brings the schedule (worker/jobs.py) and needs Redis; when Redis goes away arq may
stop, and is started again when it is back, while the drain goes on.
"""

import asyncio
from datetime import timedelta

import structlog
from arq.connections import RedisSettings
from arq.worker import Worker
from redis.exceptions import RedisError

from tidings.bootstrap import Runtime
from tidings.worker.attendance import attendance
from tidings.worker.jobs import cron_jobs

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 2.0
_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=15)


async def run_worker(runtime: Runtime, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish what has left, and give back the rest."""
    async with attendance(runtime), asyncio.TaskGroup() as group:
        schedule = group.create_task(_scheduled(runtime))
        await stop.wait()
        schedule.cancel()


async def _scheduled(runtime: Runtime) -> None:
    """arq, again and again."""
    url = runtime.settings.redis.url
    if url is None:
        log.warning("schedule.off", reason="no_redis")
        return
    pause = _FIRST_PAUSE
    while True:
        worker = arq_worker(runtime, url.get_secret_value())
        try:
            await worker.async_run()
            pause = _FIRST_PAUSE
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("schedule.away", error=type(error).__name__)
        except asyncio.CancelledError:
            await _closed(worker)
            raise
        except Exception as error:
            log.exception("schedule.died", error=type(error).__name__)
        await _closed(worker)
        await asyncio.sleep(pause.total_seconds())
        pause = min(pause * 2, _LONGEST_PAUSE)


def arq_worker(runtime: Runtime, redis_url: str) -> Worker:
    """Arq's worker for our schedule; signals are ours to handle."""
    redis = RedisSettings.from_dsn(redis_url)
    redis.conn_retries = 1
    return Worker(
        functions=[],
        cron_jobs=cron_jobs(),
        redis_settings=redis,
        queue_name="tidings:jobs",
        ctx={"runtime": runtime},
        handle_signals=False,
        keep_result=0,
        job_completion_wait=5,
        max_tries=1,
        health_check_interval=60,
        # No job waits for arq but the schedule's, every ten seconds: looking more often only costs.
        poll_delay=_LOOK_EVERY_SECONDS,
        log_results=False,
    )


async def _closed(worker: Worker) -> None:
    try:
        async with asyncio.timeout(10):
            await worker.close()
    except (RedisError, OSError, TimeoutError) as error:
        log.debug("schedule.close", error=type(error).__name__)
