"""The HTTP client's kept connections: used again, and ended by the server at the worst of moments."""

import asyncio
import itertools
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Literal, Self

import pytest

from tests.doubles.wire import HttpDouble, Reply, Request
from tests.fixtures.waiting import eventually
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, Patience

End = Literal["half-close", "close", "reset"]

_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
_RESET = struct.pack("ii", 1, 0)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(Patience(total=timedelta(seconds=15))) as client:
        yield client


class Quick(HttpDouble):
    async def respond(self, request: Request) -> Reply:
        await asyncio.sleep(0.001)
        return Reply(204)


class Closing:
    """Answers one request per connection, and ends it a moment later without having said that it would."""

    def __init__(self, end: End) -> None:
        self._end = end
        self._server: asyncio.Server | None = None
        self.pause = 0.0
        # The paths of all requests that arrived, answered or not.
        self.heard: list[str] = []
        # Begun, and ended; one that is half closed ends when the client has closed it, too.
        self.connections = self.ended = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        await asyncio.sleep(0.05)

    def url(self, path: str) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{path}"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._hear(reader)
            writer.write(_ANSWER)
            await asyncio.sleep(self.pause)
            if self._end == "half-close":
                writer.write_eof()
                await self._hear(reader)
            if self._end == "reset":
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
        self.ended += 1
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head.split(b" ")[1].decode())


async def test_a_hundred_sends_need_no_more_connections_than_are_under_way_at_once(http):
    async with Quick() as server:
        gate = asyncio.Semaphore(10)

        async def send() -> None:
            async with gate:
                assert isinstance(await http.send(HttpRequest("POST", server.base_url, body=b"x")), HttpResponse)

        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(send())
    assert len(server.requests) == 100
    assert server.connections <= 10


async def test_a_connection_that_the_server_closed_while_idle_is_replaced(http):
    async with Closing("half-close") as server:
        for n in range(2):
            assert isinstance(await http.send(HttpRequest("GET", server.url(f"/{n}"))), HttpResponse)
            await eventually(lambda: server.ended == server.connections)
    assert server.connections == 2


@pytest.mark.parametrize("end", ["half-close", "close", "reset"])
async def test_a_connection_that_ends_as_the_next_request_leaves_is_judged_honestly(http, end):
    answered = 0
    async with Closing(end) as server:
        for n in range(80):
            # From "closed behind the request's back" to "known to be closed".
            server.pause = n % 8 * 0.00015
            await asyncio.sleep(n % 3 * 0.001)
            answer = await http.send(HttpRequest("GET", server.url(f"/{n}")))
            times_heard = server.heard.count(f"/{n}")
            if isinstance(answer, HttpFailure) and answer.processed == "no":
                assert times_heard == 0
            elif isinstance(answer, HttpFailure):
                assert times_heard <= 1
            else:
                assert times_heard == 1
                answered += 1
        # As soon as the client has noticed that the last connection has ended, too.
        async with asyncio.timeout(10):
            for again in itertools.count():
                if isinstance(await http.send(HttpRequest("GET", server.url(f"/last/{again}"))), HttpResponse):
                    break
    assert answered
    assert len(server.heard) == len(set(server.heard))
