"""What Twilio's answers mean, whatever was asked; each product's own codes are tested with it."""

import json

import pytest

from tests.clock import FixedClock
from tidings.adapters.http import HttpResponse
from tidings.adapters.twilio.answers import COMMON, classify
from tidings.delivery.ports import Accepted, Content, Misconfigured, Outgoing, Permanent, Throttled, Uncertain

NOW = FixedClock().now()
OUTGOING = Outgoing("att_1", "msg_1", "ord_1", "voice", "+4915112345678", Content("text"), "de", "https://x", NOW)


def answer(status: int, code: object = None, **more: object) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps({"code": code, "message": "no", **more}).encode())


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 20003, Misconfigured),
        (404, 20404, Misconfigured),
        (429, 20429, Throttled),
        (500, 20500, Uncertain),
        (400, 1, Permanent),
        (400, 99999, Permanent),
        (302, None, Misconfigured),
        (408, None, Uncertain),
        (503, None, Uncertain),
    ],
)
def test_each_answer_has_its_meaning(status, code, kind):
    assert isinstance(classify(answer(status, code), OUTGOING, NOW, {**COMMON, 1: "refused"}), kind)


def test_a_products_own_code_goes_before_the_status():
    assert isinstance(classify(answer(400, 7), OUTGOING, NOW, {7: "slower"}), Throttled)
    opted_out = classify(answer(400, 7), OUTGOING, NOW, {7: "opt_out"})
    assert isinstance(opted_out, Permanent)
    assert opted_out.suppress == "opt_out"


def test_only_what_twilio_names_is_taken():
    assert classify(answer(201, sid="CA1"), OUTGOING, NOW, COMMON) == Accepted("CA1")
    assert isinstance(classify(answer(201), OUTGOING, NOW, COMMON), Uncertain)
