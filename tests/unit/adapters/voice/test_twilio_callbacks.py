"""What Twilio posts of calls: who answered, if anybody, and how it ended."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.clock import FixedClock
from tidings.adapters.voice.twilio_callbacks import TwilioVoiceReader
from tidings.callbacks.ports import Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig

TOKEN = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"
URL = "https://tidings.example.com/v1/callbacks/twilio/voice?n=ntf_01HZX&a=1"
READER = TwilioVoiceReader()
CONNECTION = ConnectionConfig(UUID(int=1), UUID(int=2), "live", "main", "voice", "twilio", {}, {"auth_token": TOKEN}, 1)
# As the vendor's package signs it.
CALL = {
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "CallDuration": "14",
    "CallSid": "CA0123456789abcdef0123456789abcdef",
    "CallStatus": "completed",
    "CallbackSource": "call-progress-events",
    "Direction": "outbound-api",
    "Duration": "1",
    "From": "+15005550006",
    "SequenceNumber": "3",
    "Timestamp": "Mon, 23 Nov 2026 10:00:00 +0000",
    "To": "+14155550100",
}


def read(fields: dict[str, str], url: str = URL) -> list[ProviderEvent]:
    return list(READER.parse(Posted(url, {}, urlencode(fields).encode()), CONNECTION))


def test_the_vendors_own_signature_is_believed_and_no_other():
    body = urlencode(CALL).encode()
    seal = "NTDgvuc/04ObfRIiigKMuCTBy+w="
    assert RequestValidator(TOKEN).compute_signature(URL, CALL) == seal
    now = FixedClock().now()
    assert READER.verify(Posted(URL, {"x-twilio-signature": seal}, body), CONNECTION, now)
    assert not READER.verify(Posted(URL, {"x-twilio-signature": seal}, body + b"&a=1"), CONNECTION, now)
    assert not READER.verify(Posted(URL, {}, body), CONNECTION, now)


def test_a_step_names_its_attempt_its_call_and_its_time():
    (event,) = read(CALL)
    assert (event.kind, event.status, event.provider_status) == ("receipt", "delivered", "completed")
    assert (event.attempt_id, event.provider_message_id) == ("1", CALL["CallSid"])
    assert event.key == f"{CALL['CallSid']}:3:completed"
    assert event.at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert event.detail == {}


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"CallStatus": "queued"}, "accepted", "queued"),
        ({"CallStatus": "initiated"}, "accepted", "initiated"),
        ({"CallStatus": "ringing"}, "accepted", "ringing"),
        ({"CallStatus": "in-progress"}, "sent", "in-progress"),
        ({"CallStatus": "in-progress", "AnsweredBy": "machine_start"}, "sent", "in-progress (machine_start)"),
        ({"AnsweredBy": "human"}, "delivered", "completed (human)"),
        ({"AnsweredBy": "unknown"}, "delivered", "completed (unknown)"),
        ({"AnsweredBy": "machine_start"}, "failed", "completed (machine_start)"),
        ({"AnsweredBy": "machine_end_beep"}, "failed", "completed (machine_end_beep)"),
        ({"AnsweredBy": "fax"}, "failed", "completed (fax)"),
        ({"AnsweredBy": "human", "CallDuration": "2"}, "failed", "completed (human)"),
        ({"CallDuration": ""}, "delivered", "completed"),
        ({"CallStatus": "busy", "SipResponseCode": "486"}, "failed", "busy"),
        ({"CallStatus": "no-answer"}, "failed", "no-answer"),
        ({"CallStatus": "canceled"}, "failed", "canceled"),
        ({"CallStatus": "failed"}, "failed", "failed"),
        ({"CallStatus": "failed", "SipResponseCode": "503"}, "failed", "failed"),
        ({"CallStatus": "failed", "SipResponseCode": "404"}, "bounced", "failed"),
        ({"CallStatus": "failed", "SipResponseCode": "484"}, "bounced", "failed"),
    ],
)
def test_each_step_has_its_meaning(fields, status, word):
    (event,) = read(CALL | fields)
    assert (event.status, event.provider_status) == (status, word)
    assert bool(event.detail.get("reason")) == (status in {"failed", "bounced"})
    assert not event.may_pass


def test_a_reason_is_put_into_words():
    (event,) = read(CALL | {"CallStatus": "busy", "SipResponseCode": "486"})
    assert event.detail == {"code": "486", "reason": "the line was busy"}
    (event,) = read(CALL | {"AnsweredBy": "machine_start"})
    assert event.detail["answered_by"] == "machine_start"


@pytest.mark.parametrize(
    "fields",
    [
        CALL | {"CallStatus": "new"},
        CALL | {"Direction": "inbound"},
        {"CallStatus": "busy"},
        {"MessageSid": "SM1", "MessageStatus": "sent"},
        {},
    ],
)
def test_what_is_not_about_a_call_of_ours_is_kept_and_nothing_follows(fields):
    (event,) = read(fields)
    assert (event.kind, event.status) == ("ignored", None)


@pytest.mark.parametrize("timestamp", ["", "soon", "Mon, 99 Nov 2026 10:00:00 +0000", "Mon, 23 Nov 2026 10:00:00"])
def test_a_time_that_is_none_is_left_out(timestamp):
    (event,) = read(CALL | {"Timestamp": timestamp})
    assert event.at is None or event.at == datetime(2026, 11, 23, 10, tzinfo=UTC)


NAMES = st.sampled_from(["CallStatus", "CallSid", "AnsweredBy", "CallDuration", "SipResponseCode", "Timestamp", "To"])
WORDS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["completed", "failed", "human", "a\x00"])


@given(st.dictionaries(NAMES, WORDS, max_size=7))
@settings(max_examples=100, deadline=None)
def test_no_form_at_all_is_trouble(fields):
    for event in read(fields):
        assert event.key
        assert not [word for word in (event.key, event.provider_status, *event.detail.values()) if "\x00" in word]
