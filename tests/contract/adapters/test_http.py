"""The one HTTP client against servers that behave, misbehave, and lie."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.doubles.certificates import authority
from tests.doubles.turns import answers, breaks_off, delays, floods, garbles, hangs, hangs_up, resets
from tests.doubles.wire import HttpDouble, Reply, Request
from tests.fixtures.processes import free_port
from tests.fixtures.waiting import eventually
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, Patience
from tidings.delivery.ports import Transient, Uncertain

# For servers that are slow by order; a busy machine is no fault of theirs.
HASTY = Patience(total=timedelta(seconds=15), connect=timedelta(seconds=1), read=timedelta(seconds=2))
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


async def test_a_refused_connection_certainly_processed_nothing(http):
    answer = await http.send(post(f"http://127.0.0.1:{free_port()}"))
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


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 no TLS\r\n\r\n"], ids=["silence", "another protocol"])
async def test_a_server_that_never_finishes_tls_certainly_processed_nothing(hasty, answer):
    async with _raw_server(answer) as port:
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
    [hangs(), hangs_up(), resets(), breaks_off(), garbles(), delays(4)],
    ids=["hang before the answer", "closed", "reset", "closed in the middle", "no HTTP", "too late"],
)
async def test_once_the_request_has_left_silence_is_uncertain(server, turn):
    server.script(turn)
    async with Http(HASTY if turn.end == "hang" or turn.delay else CALM) as client:
        answer = await client.send(post(server.base_url))
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
        await eventually(lambda: server.requests)
        await client.close()
    answer = sending.result()
    assert isinstance(answer, HttpFailure)
    assert answer.processed == "unknown"


async def test_reasons_and_reprs_hold_no_address_and_no_secret(http, server):
    server.script(hangs_up())
    request = HttpRequest("POST", f"{server.base_url}/?to=%2B4915112345678", {"authorization": "s3cret"}, b"Ada")
    answer = await http.send(request)
    refused = await http.send(HttpRequest("GET", f"http://127.0.0.1:{free_port()}/?to=%2B4915112345678"))
    for text in (repr(request), repr(answer), repr(refused), repr(HttpResponse(200, {"a": "s3cret"}, b"Ada"))):
        assert "4915112345678" not in text
        assert "s3cret" not in text
        assert "Ada" not in text


@asynccontextmanager
async def _raw_server(answer: bytes) -> AsyncIterator[int]:
    """Writes this as soon as it has read anything, whatever it was."""
    over = asyncio.Event()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
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
