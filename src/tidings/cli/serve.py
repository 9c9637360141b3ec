"""`tidings serve`: the API, for production."""

import asyncio
import socket
from typing import Annotated

import typer

from tidings.api.app import create_app
from tidings.bootstrap import runtime
from tidings.cli.listening import listen, serve_until
from tidings.cli.running import keep_what_is_loaded, load_settings, run_until_stopped
from tidings.kit.log import configure_logging
from tidings.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [TIDINGS_API_HOST]")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on [TIDINGS_API_PORT]")] = None,
) -> None:
    """Answer HTTP requests until SIGTERM. Stateless: run as many as you like."""

    async def main(stop: asyncio.Event) -> None:
        settings = load_settings()
        configure_logging(level=settings.log.level, form=settings.log.format)
        with listen(host or settings.api.host, settings.api.port if port is None else port) as listener:
            await serve_api(settings, listener, stop)

    run_until_stopped(main)


async def serve_api(settings: Settings, listener: socket.socket, stop: asyncio.Event) -> None:
    """The API on a port that is taken already, until told to stop."""
    async with runtime(settings, role="api") as opened:
        app = create_app(opened)
        keep_what_is_loaded()
        await serve_until(stop, app, listener)
