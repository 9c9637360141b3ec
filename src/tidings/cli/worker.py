"""`tidings worker`: sends what is owed, for production."""

import asyncio
import os
import signal
import sys
import threading
from contextlib import nullcontext
from typing import Annotated

import typer
from fastapi import FastAPI

from tidings.api import health
from tidings.bootstrap import Runtime, runtime
from tidings.cli.listening import listen, serve_until
from tidings.cli.running import keep_what_is_loaded, load_settings, run_until_stopped
from tidings.kit.log import configure_logging
from tidings.worker.run import run_worker


def worker(
    *,
    with_parent: Annotated[bool, typer.Option(hidden=True, help="Stop when standard input ends")] = False,
) -> None:
    """Send what is owed until SIGTERM; then finish what has left, and give back the rest. Run as many as you like."""
    if with_parent:
        threading.Thread(target=_stop_with_parent, name="parent", daemon=True).start()

    async def main(stop: asyncio.Event) -> None:
        settings = load_settings()
        configure_logging(level=settings.log.level, form=settings.log.format)
        port = settings.worker.metrics_port
        taken = listen(settings.api.host, port, chosen_with="TIDINGS_WORKER_METRICS_PORT") if port else nullcontext()
        with taken as listener:
            async with runtime(settings, role="worker") as opened, asyncio.TaskGroup() as group:
                if listener is not None:
                    group.create_task(serve_until(stop, health_app(opened), listener))
                keep_what_is_loaded()
                await run_worker(opened, stop)

    run_until_stopped(main)


def health_app(opened: Runtime) -> FastAPI:
    """What watches a worker: /healthz, /readyz and /metrics, on TIDINGS_WORKER_METRICS_PORT."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(health.router)
    app.state.runtime = opened
    return app


def _stop_with_parent() -> None:
    """A parent that is killed cannot stop its children, but its end of the pipe closes."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
