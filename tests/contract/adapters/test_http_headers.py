"""Header fields of answers, as servers and the proxies before them write them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tidings.adapters.http import Http, HttpRequest, HttpResponse, Patience


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(Patience(total=timedelta(seconds=15))) as client:
        yield client


@asynccontextmanager
async def answering(fields: bytes) -> AsyncIterator[HttpRequest]:
    """A request whose answer has these header fields."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\n" + fields + b"content-length: 2\r\n\r\nok")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        yield HttpRequest("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


@pytest.mark.parametrize("odd", [b"caf\xe9", "café".encode(), b"\xff\xfe"])
async def test_a_header_in_letters_of_its_own_costs_nothing_but_itself(http, odd):
    async with answering(b"Via: 1.1 " + odd + b"\r\nX-Message-Id: abc\r\nServer: " + odd + b"\r\n") as request:
        answer = await http.send(request)
    assert isinstance(answer, HttpResponse)
    assert (answer.status, answer.body) == (202, b"ok")
    assert answer.headers == {"x-message-id": "abc", "content-length": "2"}


async def test_names_are_in_small_letters_and_the_first_value_counts(http):
    async with answering(b"Retry-After: 5\r\nRETRY-AFTER: 9\r\n") as request:
        answer = await http.send(request)
    assert isinstance(answer, HttpResponse)
    assert answer.headers["retry-after"] == "5"
