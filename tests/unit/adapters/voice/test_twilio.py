"""What Twilio's answers to calls mean; against its double: tests/contract."""

import json

import pytest
from pydantic import ValidationError

from tests.clock import FixedClock
from tidings.adapters.http import HttpResponse
from tidings.adapters.voice.twilio import TwilioVoiceSettings, classify
from tidings.delivery.ports import Content, Misconfigured, Outgoing, Permanent, Throttled, Uncertain

NOW = FixedClock().now()
OUTGOING = Outgoing("att_1", "msg_1", "ord_1", "voice", "+4915112345678", Content("text"), "de", "https://x", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": None},
        {"from": "Teahouse"},
        {"from": "015112345678"},
        {"messaging_service_sid": "MG1"},
        {"ring_seconds": 0},
        {"voices": {"de": '"><Dial>'}},
        {"voices": {"de": ""}},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        TwilioVoiceSettings.model_validate({"account_sid": "AC1", "from": "+15005550006", **wrong})


@pytest.mark.parametrize(
    ("status", "code", "kind", "suppress"),
    [
        (400, 21211, Permanent, "hard_bounce"),
        (400, 13224, Permanent, "hard_bounce"),
        (400, 21214, Permanent, "hard_bounce"),
        (400, 21216, Permanent, None),
        (400, 21205, Permanent, None),
        (400, 21210, Misconfigured, None),
        (400, 21212, Misconfigured, None),
        (400, 21215, Misconfigured, None),
        (400, 13227, Misconfigured, None),
        (400, 21219, Misconfigured, None),
        (401, 20003, Misconfigured, None),
        (429, 10004, Throttled, None),
        (429, 20429, Throttled, None),
        (500, None, Uncertain, None),
    ],
)
def test_each_refusal_has_its_meaning(status, code, kind, suppress):
    body = json.dumps({"code": code, "message": "not +4915112345678"}).encode()
    outcome = classify(HttpResponse(status, {}, body), OUTGOING, NOW)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) == suppress
    assert "4915112345678" not in outcome.reason
