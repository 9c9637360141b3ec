"""Where events may be posted to, and which."""

import pytest

from tidings.adapters.courier import HttpCourier
from tidings.adapters.http import Http
from tidings.kit.problem import InvalidInput
from tidings.webhooks.judge import Judge


@pytest.fixture
def judge(http: Http) -> Judge:
    return Judge(HttpCourier(http, allow_insecure=False), {"order.placed", "order.closed"})


async def test_everything_that_is_wrong_is_told_at_once(judge: Judge) -> None:
    with pytest.raises(InvalidInput) as refusal:
        judge.check(url="http://shop.test", types=["order.placed", "order.eaten", "order.placed"], secret="whsec_short")
    assert [fault.pointer for fault in refusal.value.faults] == ["/url", "/types/1", "/types/2", "/secret"]


async def test_what_is_right_passes(judge: Judge) -> None:
    judge.check(url="https://shop.test:8443/in?tidings=1", types=["order.closed"], secret="whsec_" + "A" * 32)
    judge.check()
