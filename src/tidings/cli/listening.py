"""The HTTP server: a port that is taken before anything else is started, and a server that leaves signals to us."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from typing_extensions import override

# Requests that are under way when the process is told to stop have so long to end.
GRACE_SECONDS = 10


class PortInUse(Exception):
    """Somebody else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is in use: stop what listens there, or choose another one with --port")


def listen(host: str, port: int) -> socket.socket:
    """Take the port now, so that a conflict is told before a database is started; connections wait until we serve.

    Raises:
        PortInUse: somebody has it.
    """
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
        0
    ]
    listener = socket.socket(family, kind, proto)
    try:
        # Over connections of an earlier run that are still being buried, but never beside another listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from error
        raise
    listener.settimeout(0)
    return listener


class Server(uvicorn.Server):
    """Uvicorn without its own signal handling, which would end the process before the rest is closed."""

    @contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        """Signals are handled where the process's parts are known."""
        yield


async def serve_until(stop: asyncio.Event, app: Any, listener: socket.socket) -> None:
    """Answer requests until told to stop; then those under way are finished.

    Raises:
        RuntimeError: the server ended by itself.
    """
    server = Server(
        uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            # The client's address is not looked at; the scheme and host of links come from settings.
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        stopping = group.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ended_by_itself = serving.done()
        server.should_exit = True
        stopping.cancel()
    if ended_by_itself:
        message = "the HTTP server ended by itself"
        raise RuntimeError(message)


def address_of(listener: socket.socket) -> str:
    """`http://127.0.0.1:8080`: how this machine reaches it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
