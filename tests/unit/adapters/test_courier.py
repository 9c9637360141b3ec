"""Events on their way: signed, posted once, and whatever comes back is an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.clock import FixedClock
from tests.doubles.hooked import SECRET, HookedDouble
from tests.doubles.turns import answers, floods, garbles, resets
from tidings.adapters.courier import HttpCourier, request
from tidings.adapters.http import Http
from tidings.webhooks.ports import Answered, Parcel, Unanswered

OTHER = "whsec_" + "B" * 32


def parcel(url: str = "https://shop.test/tidings") -> Parcel:
    # The official package goes by the wall's clock.
    return Parcel(url, "evt_1", '{"id":"evt_1","name":"Grüße"}'.encode(), [SECRET], FixedClock().now())


def test_it_is_signed_as_the_standard_says_by_each_secret() -> None:
    posted = request(replace(parcel(), secrets=[OTHER, SECRET]))
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(posted.body, dict(posted.headers))["name"] == "Grüße"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "C" * 32).verify(posted.body, dict(posted.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(posted.body + b" ", dict(posted.headers))
    assert SECRET not in repr(parcel())
    assert "shop.test" not in repr(parcel())


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("https://shop.test/tidings?key=1", True),
        ("https://shop.test:8443", True),
        ("http://shop.test/", False),
        ("https://user:word@shop.test/", False),
        ("https://user@shop.test/", False),
        ("https://shop.test/#part", False),
        ("https://localhost/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://169.254.169.254/latest", False),
        ("https://2130706433/", False),
        ("ftp://shop.test/", False),
        ("https://", False),
    ],
)
async def test_where_events_may_be_posted_to(http: Http, url: str, *, is_fine: bool) -> None:
    assert (HttpCourier(http, allow_insecure=False).objection(url) is None) is is_fine


async def test_under_dev_this_machine_and_plain_http_are_fine(http: Http) -> None:
    courier = HttpCourier(http, allow_insecure=True)
    assert courier.objection("http://127.0.0.1:8000/in") is None
    assert courier.objection("http://user@127.0.0.1/") is not None


async def test_an_answer_is_told_and_no_redirect_is_followed(http: Http) -> None:
    async with HookedDouble() as double:
        courier = HttpCourier(http, allow_insecure=True)
        sent = replace(parcel(double.url), body=b'{"id":"evt_1"}')
        assert await courier.carry(sent) == Answered(204)
        double.script(answers(307, headers={"location": f"{double.base_url}/elsewhere"}))
        assert await courier.carry(sent) == Answered(307)
        double.script(answers(503, headers={"retry-after": "3600"}))
        assert await courier.carry(sent) == Answered(503, timedelta(hours=1))
        double.script(answers(503, headers={"retry-after": "9999999"}))
        assert await courier.carry(sent) == Answered(503, timedelta(days=1))
        assert len(double.requests) == 4


async def test_no_answer_is_an_answer_too(http: Http) -> None:
    async with HookedDouble() as double:
        courier = HttpCourier(http, allow_insecure=True)
        for turn in (resets(), garbles()):
            double.script(turn)
            assert isinstance(await courier.carry(parcel(double.url)), Unanswered)
        double.script(floods())
        assert await courier.carry(parcel(double.url)) == Answered(200)
    assert isinstance(await courier.carry(parcel("http://127.0.0.1:1/")), Unanswered)
