"""The one HTTP client against servers that behave, misbehave, and lie."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import h2.config
import h2.connection
import h2.errors
import h2.events
import pytest

from tests.doubles.certificates import authority
from tests.doubles.turns import answers, breaks_off, delays, floods, garbles, hangs, hangs_up, resets
from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, Patience, trace_header
from tidings.delivery.ports import Transient, Uncertain

# For servers that are slow by order; a busy machine is no fault of theirs.
HASTY = Patience(total=timedelta(seconds=1), connect=timedelta(seconds=0.4), read=timedelta(seconds=0.6))
CALM = Patience(total=timedelta(seconds=15), answer_bytes=1000)


class Echo(HttpDouble):
    """Answers with what it was sent."""

    async def respond(self, request: Request) -> Reply:
        return Reply.of_json(200, {"method": request.method, "body": request.body.decode(), **request.headers})


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(CALM) as client:
        yield client


@pytest.fixture
async def hasty() -> AsyncIterator[Http]:
    async with Http(HASTY) as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[Echo]:
    async with Echo() as double:
        yield double


def post(url: str, body: bytes = b"hello") -> HttpRequest:
    return HttpRequest("POST", f"{url}/there?to=%2B4915112345678", {"x-one": "1"}, body)


async def test_a_request_arrives_as_it_was_made_and_the_answer_comes_back(http, server):
    answer = await http.send(post(server.base_url))
    assert isinstance(answer, HttpResponse)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    echoed = answer.json()
    assert (echoed["method"], echoed["body"], echoed["x-one"]) == ("POST", "hello", "1")
    assert server.requests[0].target == "/there?to=%2B4915112345678"
    # Nothing is unpacked here, so nothing may be packed there.
    assert "accept-encoding" not in server.requests[0].headers


async def test_a_get_has_no_body(http, server):
    answer = await http.send(HttpRequest("GET", server.base_url))
    assert isinstance(answer, HttpResponse)
    assert answer.json()["body"] == ""


async def test_connections_are_used_again(http, server):
    for _ in range(5):
        assert isinstance(await http.send(post(server.base_url)), HttpResponse)
    assert server.connections == 1


async def test_a_redirect_is_an_answer_and_not_followed(http, server):
    server.script(answers(302, b"", {"location": f"{server.base_url}/elsewhere"}))
    answer = await http.send(post(server.base_url))
    assert isinstance(answer, HttpResponse)
    assert answer.status == 302
    assert len(server.requests) == 1


async def test_of_a_repeated_header_the_first_counts(http, server):
    server.script(answers(200, b"", {"Retry-After": "5", "retry-after": "9"}))
    answer = await http.send(post(server.base_url))
    assert isinstance(answer, HttpResponse)
    assert answer.headers["retry-after"] == "5"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_a_refused_connection_certainly_processed_nothing(http):
    answer = await http.send(post(f"http://127.0.0.1:{_free_port()}"))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"
    assert isinstance(answer.outcome(), Transient)


async def test_a_name_that_does_not_exist_certainly_processed_nothing(http):
    answer = await http.send(post("http://nobody.invalid"))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"


async def test_a_host_that_does_not_take_connections_certainly_processed_nothing(hasty):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        callers = [socket.socket() for _ in range(3)]
        for caller in callers:
            caller.settimeout(0)
            caller.connect_ex(deaf.getsockname())
        answer = await hasty.send(post(f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        for caller in callers:
            caller.close()
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"


async def test_a_server_that_never_finishes_tls_certainly_processed_nothing(hasty):
    async with _raw_server(b"") as port:
        answer = await hasty.send(post(f"https://127.0.0.1:{port}"))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"


async def test_a_certificate_that_is_not_trusted_certainly_processed_nothing(http):
    async with Echo(authority().server) as double:
        answer = await http.send(post(double.base_url))
        assert isinstance(answer, HttpFailure)
        assert answer.processed == "no"
        assert not double.requests


@pytest.mark.parametrize(
    "turn",
    [hangs(), hangs_up(), resets(), breaks_off(), garbles(), delays(2)],
    ids=["hang before the answer", "closed", "reset", "closed in the middle", "no HTTP", "too late"],
)
async def test_once_the_request_has_left_silence_is_uncertain(hasty, server, turn):
    server.script(turn)
    answer = await hasty.send(post(server.base_url))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "unknown"
    assert isinstance(answer.outcome(), Uncertain)
    assert len(server.requests) == 1


async def test_a_hang_in_the_middle_of_the_answer_is_uncertain(hasty):
    async with _raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc") as port:
        answer = await hasty.send(post(f"http://127.0.0.1:{port}"))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "unknown"


async def test_a_kept_connection_that_dies_under_the_request_is_uncertain(http, server):
    await http.send(post(server.base_url))
    server.script(hangs_up())
    answer = await http.send(post(server.base_url))
    assert server.connections == 1
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "unknown"


async def test_a_connection_that_the_server_closed_while_idle_is_replaced(http):
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    async with _raw_server(answer, then_close=True) as port:
        for _ in range(2):
            assert isinstance(await http.send(post(f"http://127.0.0.1:{port}")), HttpResponse)
            await asyncio.sleep(0.1)


async def test_an_answer_without_end_is_cut_off(http, server):
    server.script(floods())
    answer = await http.send(post(server.base_url))
    assert isinstance(answer, HttpResponse)
    assert len(answer.body) == 1000
    assert answer.json() is None
    # The rest of it is not waited for, and spoils no later answer.
    assert isinstance(await http.send(post(server.base_url)), HttpResponse)


async def test_packed_bodies_stay_packed(http, server):
    server.script(answers(200, b"\x1f\x8b\x08", {"content-encoding": "gzip"}))
    answer = await http.send(post(server.base_url))
    assert isinstance(answer, HttpResponse)
    assert answer.body == b"\x1f\x8b\x08"


@pytest.mark.parametrize(
    ("url", "headers"),
    [("not a url", {}), ("ftp://shop.example/", {}), ("http://", {}), ("http://127.0.0.1/", {"x": "a\r\nb: c"})],
)
async def test_what_is_no_http_never_leaves(http, url, headers):
    answer = await http.send(HttpRequest("POST", url, headers))
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "no"


async def test_closing_the_client_ends_what_is_under_way(server):
    client = Http(CALM)
    server.script(hangs())
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(client.send(post(server.base_url)))
        await asyncio.sleep(0.1)
        await client.close()
    answer = sending.result()
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "unknown"


async def test_reasons_and_reprs_hold_no_address_and_no_secret(http, server):
    server.script(hangs_up())
    request = HttpRequest("POST", f"{server.base_url}/?to=%2B4915112345678", {"authorization": "s3cret"}, b"Ada")
    answer = await http.send(request)
    refused = await http.send(HttpRequest("GET", f"http://127.0.0.1:{_free_port()}/?to=%2B4915112345678"))
    for text in (repr(request), repr(answer), repr(refused), repr(HttpResponse(200, {"a": "s3cret"}, b"Ada"))):
        assert "4915112345678" not in text
        assert "s3cret" not in text
        assert "Ada" not in text


async def test_json_that_is_none_is_none():
    assert HttpResponse(200, {}, b"<html>").json() is None
    assert HttpResponse(200, {}, b"\xff\xfe").json() is None
    assert HttpResponse(200, {}, b'{"a": NaN}').json() is None
    assert HttpResponse(200, {}, b"[" * 100_000).json() is None
    assert HttpResponse(200, {}, b'{"a": 1}').json() == {"a": 1}


def test_a_traced_order_is_traced_at_the_provider_too():
    assert trace_header(None) == {}
    assert trace_header("00-a-b-01") == {"traceparent": "00-a-b-01"}


def test_time_outs_keep_their_proportions():
    patience = Patience.within(timedelta(seconds=8))
    assert patience.connect < patience.read < patience.total == timedelta(seconds=8)


@asynccontextmanager
async def _raw_server(answer: bytes, *, then_close: bool = False) -> AsyncIterator[int]:
    """Writes this as soon as it has read anything, whatever it was."""
    over = asyncio.Event()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
        if not then_close:
            await over.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)


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
