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


class CannotListen(Exception):
    """The port cannot be taken; the text says why and what to do."""


class PortInUse(CannotListen):
    """Somebody else listens on the port."""

    def __init__(self, host: str, port: int, chosen_with: str) -> None:
        super().__init__(
            f"port {port} on {host} is in use: stop what listens there, or choose another one with {chosen_with}"
        )


def listen(host: str, port: int, *, chosen_with: str = "--port") -> socket.socket:
    """Take the port now, so that a conflict is told before a database is started; connections wait until we serve.

    Args:
        host: a name or an address of this machine.
        port: 0 for any that is free.
        chosen_with: the option or setting that another port is chosen with.

    Raises:
        PortInUse: somebody has it.
        CannotListen: the address is not this machine's, or the port is not for us.
    """
    try:
        return _listener(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port, chosen_with) from error
        message = f"cannot listen on port {port} of {host}: {error.strerror}"
        raise CannotListen(message) from error


def _listener(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, proto, _, address = found[0]
    listener = socket.socket(family, kind, proto)
    try:
        # Over connections of an earlier run that are still being buried, but never beside another listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
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
