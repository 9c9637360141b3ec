"""An HTTP/2 server on this machine that answers, or ends streams and connections as it is told."""

import asyncio
from contextlib import suppress
from typing import Literal, Self

import h2.config
import h2.connection
import h2.errors
import h2.events

from tests.doubles.certificates import authority

# What becomes of the next request. `goes away …`: the server says that it closes the connection, having answered,
# without having begun with the request, or having begun with it; `deaf`: from then on the connection hears nothing.
Turn = Literal["answer", "refuse", "reset", "hang", "goes away answered", "goes away before", "goes away after", "deaf"]


class Http2Double:
    """An async context manager: inside it the server listens at `base_url`."""

    def __init__(self, *turns: Turn) -> None:
        """One that does this with its first requests, and answers the others."""
        self._turns = list(turns)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        # Which connection brought each request, counted from 1.
        self.requests: list[int] = []
        self.connections = 0

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        context = authority("h2", "http/1.1").server
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0, ssl=context)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0.05)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        with suppress(OSError):
            await _Connection(self, self.connections, writer).serve(reader)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self._writers.discard(writer)

    def turn(self, connection: int) -> Turn:
        """A request has come; what to do with it."""
        self.requests.append(connection)
        return self._turns.pop(0) if self._turns else "answer"


class _Connection:
    def __init__(self, double: Http2Double, number: int, writer: asyncio.StreamWriter) -> None:
        self._double = double
        self._number = number
        self._writer = writer
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self._is_deaf = False
        self._is_over = False

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Until either side has enough."""
        self._h2.initiate_connection()
        self._writer.write(self._h2.data_to_send())
        while not self._is_over and (data := await reader.read(65_536)):
            if self._is_deaf:
                continue
            for event in self._h2.receive_data(data):
                if isinstance(event, h2.events.StreamEnded):
                    self._react(self._double.turn(self._number), event.stream_id)
            self._writer.write(self._h2.data_to_send())
            await self._writer.drain()

    def _react(self, turn: Turn, stream: int) -> None:
        match turn:
            case "answer" | "goes away answered":
                self._h2.send_headers(stream, [(":status", "202"), ("x-message-id", "m-1")], end_stream=True)
            case "refuse":
                self._h2.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
            case "reset":
                self._h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            case "deaf":
                self._is_deaf = True
            case _:
                pass
        if turn.startswith("goes away"):
            self._h2.close_connection(last_stream_id=0 if turn == "goes away before" else stream)
            self._is_over = True
