"""What Twilio posts: statuses, replies, STOP; signed as our configuration says."""

from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.clock import FixedClock
from tidings.adapters.sms.twilio_callbacks import TwilioReader
from tidings.adapters.twilio.callbacks import SIGNATURE_HEADER
from tidings.callbacks.ports import Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig

TOKEN = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"
URL = "https://tidings.example.com/v1/callbacks/con_0198?a=att_1"
NOW = FixedClock().now()
READER = TwilioReader()
STATUS = {"MessageSid": "SM1", "SmsSid": "SM1", "MessageStatus": "delivered", "To": "+4915112345678", "Price": ""}
INBOUND = {"MessageSid": "SM2", "From": "+4915112345678", "To": "+15005550006", "Body": "?", "SmsStatus": "received"}


def connection(webhook_key_id: str | None = None, **secrets: str) -> ConnectionConfig:
    shown = {} if webhook_key_id is None else {"webhook_key_id": webhook_key_id}
    kept = {"auth_token": TOKEN, **secrets}
    return ConnectionConfig(UUID(int=1), UUID(int=2), "live", "main", "sms", "twilio", shown, kept, 1)


def posted(fields: dict[str, str], secret: str = TOKEN, algorithm: str = "HMAC_SHA1", **headers: str) -> Posted:
    seal = RequestValidator(secret).compute_signature(URL, fields, algorithm)
    return Posted(URL, {SIGNATURE_HEADER: seal, **headers}, urlencode(fields).encode())


def read(fields: dict[str, str], url: str = URL) -> list[ProviderEvent]:
    return list(READER.parse(Posted(url, {}, urlencode(fields).encode()), connection()))


def test_what_twilio_signed_is_believed_blanks_and_all():
    assert READER.verify(posted(STATUS), connection(), NOW)
    assert not READER.verify(posted(STATUS, "another"), connection(), NOW)
    assert not READER.verify(Posted(URL, {}, urlencode(STATUS).encode()), connection(), NOW)
    assert not READER.verify(Posted(URL, posted(STATUS).headers, b"a=%ff"), connection(), NOW)


@pytest.mark.parametrize(
    ("word", "code", "statuses"),
    [
        ("accepted", None, ["accepted"]),
        ("scheduled", None, ["accepted"]),
        ("queued", None, ["accepted"]),
        ("sending", None, ["accepted"]),
        ("sent", None, ["sent"]),
        ("delivered", None, ["delivered"]),
        ("read", None, ["delivered"]),
        ("partially_delivered", None, ["delivered"]),
        ("Delivered", None, ["delivered"]),
        ("canceled", None, ["failed"]),
        ("undelivered", "30003", ["failed"]),
        ("undelivered", "30004", ["failed"]),
        ("undelivered", "30005", ["bounced"]),
        ("failed", "30006", ["bounced"]),
        ("failed", "30007", ["failed"]),
        ("undelivered", "99999", ["failed"]),
        ("failed", "21610", ["failed", "opted_out"]),
        # A code without a failure is not taken for one.
        ("delivered", "30005", ["delivered"]),
    ],
)
def test_each_status_has_its_meaning(word, code, statuses):
    events = read(STATUS | {"MessageStatus": word} | ({} if code is None else {"ErrorCode": code}))
    assert [event.status for event in events] == statuses
    assert {(event.kind, event.attempt_id, event.provider_message_id) for event in events} == {
        ("receipt", "att_1", "SM1")
    }
    assert len({event.key for event in events}) == len(statuses)
    assert events[0].key == f"SM1:{word.lower()}"


@pytest.mark.parametrize(
    ("word", "code", "may_pass"),
    [
        ("undelivered", "30001", True),
        ("undelivered", "30003", True),
        ("undelivered", "30008", True),
        ("failed", "30022", True),
        ("failed", "30410", True),
        ("undelivered", "30004", False),
        ("undelivered", "30005", False),
        ("undelivered", "30007", False),
        ("failed", "30023", False),
        ("failed", "21610", False),
        ("undelivered", "99999", False),
        ("undelivered", None, False),
        ("canceled", None, False),
        ("delivered", "30003", False),
    ],
)
def test_a_failure_that_may_pass_by_itself_says_so(word, code, may_pass):
    events = read(STATUS | {"MessageStatus": word} | ({} if code is None else {"ErrorCode": code}))
    assert [event.may_pass for event in events] == [may_pass] * len(events)


def test_a_code_is_put_into_words():
    (event,) = read(STATUS | {"MessageStatus": "undelivered", "ErrorCode": "30003"})
    assert event.detail == {"code": "30003", "reason": "the phone is switched off or out of reach"}
    (event,) = read(STATUS | {"MessageStatus": "failed", "ErrorCode": "1", "ErrorMessage": "no +4915112345678"})
    assert event.detail == {"code": "1", "reason": "no <recipient>"}


def test_a_status_is_found_by_our_id_or_by_theirs():
    (event,) = read(STATUS, "https://tidings.example.com/v1/callbacks/con_0198?n=1&a=att_1")
    assert event.attempt_id == "att_1"
    (event,) = read(STATUS, "https://tidings.example.com/v1/callbacks/con_0198?n=1")
    assert (event.attempt_id, event.provider_message_id) == (None, "SM1")


@pytest.mark.parametrize(
    "fields", [STATUS | {"MessageStatus": "new"}, {"MessageStatus": "sent"}, {"CallSid": "CA1"}, {}, {"SmsStatus": "x"}]
)
def test_what_is_not_known_is_kept_and_nothing_follows(fields):
    (event,) = read(fields)
    assert (event.kind, event.status) == ("ignored", None)


@pytest.mark.parametrize(
    ("body", "named", "kind"),
    [
        ("STOP", None, "opt_out"),
        (" stop\n", None, "opt_out"),
        ("Unsubscribe", None, "opt_out"),
        ("OPTOUT", None, "opt_out"),
        ("Stop please", None, "reply"),
        ("HELP", None, "reply"),
        ("", None, "reply"),
        ("START", None, "opt_in"),
        ("unstop", None, "opt_in"),
        ("YES", None, "opt_in"),
        ("arrêt", "STOP", "opt_out"),
        ("ja", "START", "opt_in"),
        ("?", "HELP", "reply"),
        ("STOP", "HELP", "reply"),
    ],
)
def test_a_customers_words_are_understood_as_twilio_understands_them(body, named, kind):
    (event,) = read(INBOUND | {"Body": body} | ({} if named is None else {"OptOutType": named}))
    assert (event.kind, event.address, event.text, event.status) == (kind, "+4915112345678", body, None)
    assert (event.key, event.provider_message_id, event.attempt_id) == ("SM2:inbound", "SM2", None)


def test_replies_without_an_id_have_keys_of_their_own():
    first = read({"From": "+49", "Body": "a"})[0]
    assert first.kind == "reply"
    assert first.key != read({"From": "+49", "Body": "b"})[0].key


def test_twilio_is_answered_in_its_own_words():
    assert READER.answer.media_type == "text/xml"
    assert READER.answer.body.endswith(b"<Response/>")
    assert (READER.answer.ok, READER.answer.refused) == (200, 403)


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", b"a&" * 2000])
def test_a_body_that_is_no_form_makes_no_sense(body):
    with pytest.raises(ValueError, match=r".+"):
        READER.parse(Posted(URL, {}, body), connection())


NAMES = st.sampled_from(["MessageStatus", "MessageSid", "ErrorCode", "Body", "From", "OptOutType", "SmsStatus", "To"])
WORDS = st.text(max_size=30) | st.sampled_from(["failed", "undelivered", "21610", "STOP", "a\x00b"])


@given(st.dictionaries(NAMES, WORDS, max_size=8).filter(lambda fields: not _has_surrogates(fields)))
@settings(max_examples=150, deadline=None)
def test_no_form_at_all_is_trouble(fields):
    for event in read(fields):
        kept = (event.key, event.provider_status, event.address, event.text, *event.detail.values())
        assert not [word for word in kept if word and "\x00" in word]
        assert event.key


def _has_surrogates(fields: dict[str, str]) -> bool:
    return any("\ud800" <= letter <= "\udfff" for value in fields.values() for letter in value)
