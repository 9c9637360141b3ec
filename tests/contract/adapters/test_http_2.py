"""HTTP/2: spoken where it is offered, over one connection; streams and connections that end before their time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.doubles.certificates import authority
from tests.doubles.http2 import Http2Double
from tests.fixtures.waiting import eventually
from tidings.adapters.http import Http, HttpAnswer, HttpFailure, HttpRequest, HttpResponse, Patience

CALM = Patience(total=timedelta(seconds=15))
# A connection that has gone deaf is found out in twice the time for connecting, which must be less than for an answer.
HASTY = Patience(total=timedelta(seconds=15), connect=timedelta(seconds=1), read=timedelta(seconds=4))


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(CALM, trusted_pem=authority().pem) as client:
        yield client


@pytest.fixture
async def hasty() -> AsyncIterator[Http]:
    async with Http(HASTY, trusted_pem=authority().pem) as client:
        yield client


async def posted(http: Http, server: Http2Double) -> HttpAnswer:
    request = HttpRequest("POST", f"{server.base_url}/there?to=%2B4915112345678", {"x-one": "1"}, b"hello")
    return await http.send(request)


def is_answered(answer: HttpAnswer) -> bool:
    return isinstance(answer, HttpResponse) and answer.status == 202


def processed(answer: HttpAnswer) -> str:
    assert isinstance(answer, HttpFailure)
    return answer.processed


async def test_http2_is_spoken_where_it_is_offered_over_one_connection(http):
    async with Http2Double() as server:
        first = await posted(http, server)
        assert isinstance(first, HttpResponse)
        assert (first.status, first.headers["x-message-id"]) == (202, "m-1")
        async with asyncio.TaskGroup() as group:
            rest = [group.create_task(posted(http, server)) for _ in range(10)]
        assert all(is_answered(each.result()) for each in rest)
    assert server.requests == [1] * 11


async def test_a_stream_that_was_refused_certainly_processed_nothing(http):
    async with Http2Double(*["refuse"] * 10) as server:
        assert processed(await posted(http, server)) == "no"


async def test_a_stream_that_was_reset_is_uncertain_and_the_connection_well(http):
    async with Http2Double("reset") as server:
        assert processed(await posted(http, server)) == "unknown"
        assert is_answered(await posted(http, server))
    assert server.requests == [1, 1]


async def test_a_stream_that_hangs_holds_up_no_other(hasty):
    async with Http2Double("hang") as server, asyncio.TaskGroup() as group:
        hanging = group.create_task(posted(hasty, server))
        await eventually(lambda: server.requests)
        assert is_answered(await posted(hasty, server))
        assert not hanging.done()
    assert processed(hanging.result()) == "unknown"
    assert server.requests == [1, 1]


async def test_after_a_server_has_gone_away_in_order_another_connection_is_opened(http):
    async with Http2Double("answer", "goes away answered") as server:
        assert [is_answered(await posted(http, server)) for _ in range(3)] == [True, True, True]
    assert server.requests == [1, 1, 2]


async def test_what_the_server_says_it_has_not_begun_with_goes_again(http):
    async with Http2Double("answer", "goes away before") as server:
        assert [is_answered(await posted(http, server)) for _ in range(2)] == [True, True]
    assert server.requests == [1, 1, 2]


async def test_what_the_server_may_have_begun_with_when_it_went_away_is_uncertain(http):
    async with Http2Double("answer", "goes away after") as server:
        assert is_answered(await posted(http, server))
        assert processed(await posted(http, server)) == "unknown"
        assert is_answered(await posted(http, server))
    assert server.requests == [1, 1, 2]


async def test_a_connection_that_has_gone_deaf_does_not_swallow_request_after_request(hasty):
    async with Http2Double("answer", "deaf") as server:
        assert is_answered(await posted(hasty, server))
        assert processed(await posted(hasty, server)) == "unknown"
        assert is_answered(await posted(hasty, server))
    assert server.requests == [1, 1, 2]
