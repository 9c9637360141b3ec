"""How much one caller may send."""

from typing import Any
from uuid import UUID

import pytest

from tidings.api.errors import BodyTooLarge, MalformedBody
from tidings.api.limits import RateLimit, given_again, whole_body
from tidings.storefronts.errors import TooManyRequests

KEY, OTHER = UUID(int=1), UUID(int=2)


def channel(*chunks: bytes | None) -> Any:
    messages: list[dict[str, Any]] = [
        {"type": "http.disconnect"} if chunk is None else {"type": "http.request", "body": chunk, "more_body": True}
        for chunk in chunks
    ]
    if chunks and chunks[-1] is not None:
        messages[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    return receive


async def test_a_body_in_pieces_is_put_together() -> None:
    assert await whole_body(channel(b"ab", b"", b"cd"), None, 4) == b"abcd"


async def test_a_body_in_one_piece_is_taken_as_it_is() -> None:
    assert await whole_body(channel(b"abcd"), b"4", 4) == b"abcd"


@pytest.mark.parametrize("declared", [b"5", b"9" * 30])
async def test_a_declared_length_over_the_limit_is_refused_unread(declared: bytes) -> None:
    with pytest.raises(BodyTooLarge) as refused:
        await whole_body(channel(), declared, 4)
    assert refused.value.members == {"limit_bytes": 4}


async def test_a_body_that_grows_over_the_limit_is_refused_there() -> None:
    with pytest.raises(BodyTooLarge):
        await whole_body(channel(b"abc", b"de", b"never read"), None, 4)


@pytest.mark.parametrize("declared", [b"-1", b"1e3", b"", "²".encode()])
async def test_a_length_that_is_no_number_is_malformed(declared: bytes) -> None:
    with pytest.raises(MalformedBody):
        await whole_body(channel(b"a"), declared, 4)


async def test_a_caller_who_goes_away_in_the_middle_is_not_waited_for() -> None:
    with pytest.raises(MalformedBody):
        await whole_body(channel(b"a", None), None, 4)


async def test_a_body_is_given_again_and_then_what_comes_after_it() -> None:
    receive = given_again(b"abc", channel(None))
    assert await receive() == {"type": "http.request", "body": b"abc", "more_body": False}
    assert await receive() == {"type": "http.disconnect"}


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_left_is_told() -> None:
    rate = RateLimit(60, Watch())
    assert rate.take(KEY) == [(b"ratelimit-policy", b'"key";q=60;w=60'), (b"ratelimit", b'"key";r=59;t=1')]
    assert rate.take(KEY)[1] == (b"ratelimit", b'"key";r=58;t=2')


def test_who_has_used_it_up_is_told_how_long_to_wait() -> None:
    rate = RateLimit(2, Watch())
    rate.take(KEY)
    rate.take(KEY)
    with pytest.raises(TooManyRequests) as refused:
        rate.take(KEY)
    assert refused.value.headers["Retry-After"] == "30"
    assert refused.value.headers["ratelimit"] == '"key";r=0;t=30'


def test_other_keys_have_their_own() -> None:
    rate = RateLimit(1, Watch())
    rate.take(KEY)
    rate.take(OTHER)
    with pytest.raises(TooManyRequests):
        rate.take(KEY)


def test_it_fills_again_with_time_and_not_over() -> None:
    watch = Watch()
    rate = RateLimit(2, watch)
    rate.take(KEY)
    rate.take(KEY)
    watch.now += 30
    rate.take(KEY)
    watch.now += 3600
    assert rate.take(KEY)[1] == (b"ratelimit", b'"key";r=1;t=30')
