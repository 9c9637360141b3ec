"""What Twilio's answers mean; against its double: tests/contract."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FixedClock
from tidings.adapters.http import HttpResponse
from tidings.adapters.sms.twilio import classify, request
from tidings.adapters.sms.twilio_account import TwilioAccount, TwilioSecrets, TwilioSettings
from tidings.delivery.ports import Accepted, Content, Misconfigured, Outgoing, Permanent, Throttled, Uncertain

NOW = FixedClock().now()
SETTINGS = TwilioSettings.model_validate({"account_sid": "AC1", "from": "+15005550006"})
ACCOUNT = TwilioAccount.of(SETTINGS, TwilioSecrets(auth_token="t"))


def outgoing(**more: object) -> Outgoing:
    fields = {"callback_url": "https://x/con_1", "valid_until": NOW + timedelta(days=2), **more}
    return Outgoing("att_1", "msg_1", "ord_1", "sms", "+4915112345678", Content("Grüße & 10 €"), "de", **fields)


def answer(status: int, code: object = None, **more: object) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps({"code": code, "message": "no", **more}).encode())


def test_validity_stays_within_what_twilio_takes():
    for valid_for, seconds in ((timedelta(days=2), b"36000"), (timedelta(seconds=-5), b"1"), (timedelta(0), b"1")):
        call = request(ACCOUNT, outgoing(valid_until=NOW + valid_for), NOW)
        assert b"ValidityPeriod=" + seconds + b"&" in call.body


def test_the_attempt_is_added_to_whatever_address_callbacks_have():
    call = request(ACCOUNT, outgoing(callback_url="https://x/con_1?n=1"), NOW)
    assert b"StatusCallback=https%3A%2F%2Fx%2Fcon_1%3Fn%3D1%26a%3Datt_1" in call.body
    assert "traceparent" not in call.headers


@pytest.mark.parametrize(
    ("status", "code", "kind", "suppress"),
    [
        (400, 21211, Permanent, "hard_bounce"),
        (400, 21614, Permanent, "hard_bounce"),
        (400, 21635, Permanent, "hard_bounce"),
        (400, 21604, Permanent, "hard_bounce"),
        (400, 21610, Permanent, "opt_out"),
        (400, 21612, Permanent, None),
        (400, 21602, Permanent, None),
        (400, 21617, Permanent, None),
        (400, 99999, Permanent, None),
        (400, None, Permanent, None),
        (400, "x", Permanent, None),
        (409, None, Permanent, None),
        (401, 20003, Misconfigured, None),
        (404, 20404, Misconfigured, None),
        (400, 21606, Misconfigured, None),
        (400, 21212, Misconfigured, None),
        (400, 21408, Misconfigured, None),
        (400, 21601, Misconfigured, None),
        (400, 21609, Misconfigured, None),
        (400, 21660, Misconfigured, None),
        (404, 21701, Misconfigured, None),
        (400, 21703, Misconfigured, None),
        (400, 21705, Misconfigured, None),
        (400, 21608, Misconfigured, None),
        (403, None, Misconfigured, None),
        (302, None, Misconfigured, None),
        (429, 20429, Throttled, None),
        (429, None, Throttled, None),
        (429, 21611, Throttled, None),
        (400, 14107, Throttled, None),
        (500, 20500, Uncertain, None),
        (503, None, Uncertain, None),
        (408, None, Uncertain, None),
        (101, None, Uncertain, None),
    ],
)
def test_each_refusal_has_its_meaning(status, code, kind, suppress):
    outcome = classify(answer(status, code), outgoing(), NOW)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) == suppress
    assert outcome.code


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"sid": 7}', b'{"sid": ""}'])
def test_a_success_that_twilio_does_not_sign_with_an_id_is_none(body):
    assert isinstance(classify(HttpResponse(201, {}, body), outgoing(), NOW), Uncertain)


def test_a_success_has_an_id_that_can_be_stored():
    taken = classify(HttpResponse(201, {}, b'{"sid": "SM\\u00001"}'), outgoing(), NOW)
    assert taken == Accepted("SM\N{REPLACEMENT CHARACTER}1")


@given(status=st.integers(100, 599), code=st.none() | st.integers() | st.text(max_size=5), message=st.text(max_size=40))
def test_every_answer_has_a_meaning(status, code, message):
    outcome = classify(answer(status, code, message=message), outgoing(), NOW)
    assert isinstance(outcome, Permanent | Misconfigured | Throttled | Uncertain)
    assert outcome.reason


def test_the_reason_does_not_tell_the_number():
    outcome = classify(answer(400, 21211, message="'To' +4915112345678 or 4915112345678?"), outgoing(), NOW)
    assert isinstance(outcome, Permanent)
    assert "4915112345678" not in outcome.reason
