"""HTTP/2: spoken where it is offered, over one connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import h2.config
import h2.connection
import h2.errors
import h2.events

from tests.doubles.certificates import authority
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, Patience

CALM = Patience(total=timedelta(seconds=15))


def post(url: str, body: bytes = b"hello") -> HttpRequest:
    return HttpRequest("POST", f"{url}/there?to=%2B4915112345678", {"x-one": "1"}, body)


@asynccontextmanager
async def _h2_server(*, refuses: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """HTTP/2 over TLS; says how many connections it had and what was asked for."""
    seen: list[str] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append("connection")
        conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        conn.initiate_connection()
        writer.write(conn.data_to_send())
        while data := await reader.read(65_536):
            for event in conn.receive_data(data):
                if isinstance(event, h2.events.RequestReceived) and refuses:
                    seen.append("refused")
                    conn.reset_stream(event.stream_id, h2.errors.ErrorCodes.REFUSED_STREAM)
                elif isinstance(event, h2.events.StreamEnded) and not refuses:
                    seen.append("request")
                    conn.send_headers(event.stream_id, [(":status", "202"), ("x-message-id", "m-1")], end_stream=True)
            writer.write(conn.data_to_send())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=authority("h2", "http/1.1").server)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)


async def test_http2_is_spoken_where_it_is_offered_over_one_connection():
    async with Http(CALM, trusted_pem=authority().pem) as client, _h2_server() as (url, seen):
        first = await client.send(post(url))
        assert isinstance(first, HttpResponse)
        assert (first.status, first.headers["x-message-id"]) == (202, "m-1")
        async with asyncio.TaskGroup() as group:
            rest = [group.create_task(client.send(post(url))) for _ in range(10)]
        assert all(isinstance(each.result(), HttpResponse) for each in rest)
    assert seen.count("connection") == 1
    assert seen.count("request") == 11


async def test_a_stream_that_http2_refused_certainly_processed_nothing():
    async with Http(CALM, trusted_pem=authority().pem) as client, _h2_server(refuses=True) as (url, seen):
        answer = await client.send(post(url))
    assert "refused" in seen
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"
