"""Where events may be posted to, and which."""

import pytest

from tidings.adapters.courier import HttpCourier
from tidings.adapters.http import Http
from tidings.kit.problem import InvalidInput
from tidings.webhooks.judge import Judge
from tidings.webhooks.rules import MOST_TYPES


@pytest.fixture
def judge(http: Http) -> Judge:
    return Judge(HttpCourier(http, allow_insecure=False), {"order.placed", "order.closed"})


async def test_everything_that_is_wrong_is_told_at_once(judge: Judge) -> None:
    with pytest.raises(InvalidInput) as refusal:
        judge.check(url="http://shop.test", types=["order.placed", "order.eaten", "order.placed"], secret="whsec_short")
    assert [fault.pointer for fault in refusal.value.faults] == ["/url", "/types/1", "/types/2", "/secret"]


async def test_what_can_be_judged_of_a_body_is_whatever_else_is_wrong_with_it(judge: Judge) -> None:
    body = {"url": "ftp://shop.test", "types": ["order.closed", 1, " order.eaten ", {}], "secret": "x", "sort": "any"}
    assert [fault.pointer for fault in judge.faults_in(body)] == ["/url", "/types/1", "/types/2", "/types/3", "/secret"]
    assert len(judge.faults_in({"types": ["order.eaten"] * 100_000})) == MOST_TYPES
    for sound in (
        {},
        {"url": 1, "types": {"order.eaten": 1}, "secret": None},
        [],
        None,
        {"url": " https://shop.test "},
    ):
        assert judge.faults_in(sound) == []


async def test_what_is_right_passes(judge: Judge) -> None:
    judge.check(url="https://shop.test:8443/in?tidings=1", types=["order.closed"], secret="whsec_" + "A" * 32)
    judge.check()
