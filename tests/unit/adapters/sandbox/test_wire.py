"""The sandbox's callbacks, written and read back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from tidings.adapters.sandbox.fates import WORDS
from tidings.adapters.sandbox.wire import (
    MEANING,
    Callback,
    SandboxReader,
    body_of,
    callback_id,
    delivery_id,
    signed_headers,
)
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.clock import SystemClock

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ATTEMPT = UUID("0198f3c2-0000-7000-8000-000000000001")
EVENT = UUID("0198f3c2-0000-7000-8000-000000000002")
CONNECTION = ConnectionConfig(
    id=UUID("0198f3c2-0000-7000-8000-000000000003"),
    storefront_id=UUID("0198f3c2-0000-7000-8000-000000000004"),
    mode="test",
    name="sandbox-sms",
    channel="sms",
    provider="sandbox",
    settings={},
    secrets={"signing_secret": SECRET},
    version=1,
)
CALLBACK = Callback(
    id=EVENT,
    word="delivered",
    at=NOW,
    attempt_id=ATTEMPT,
    channel="sms",
    recipient="+4915112345678",
    code="c",
    reason="r",
)
READER = SandboxReader()


def posted(body: bytes, *, at: datetime = NOW, secret: str = SECRET, **headers: str) -> Posted:
    signed = signed_headers("sbe_1", body, secret, at)
    return Posted(url="http://127.0.0.1/v1/callbacks/con_1", headers=signed | headers, body=body)


def parsed(body: bytes):
    return READER.parse(Posted(url="", headers={}, body=body), CONNECTION)


def test_what_the_sandbox_signs_it_accepts():
    assert READER.verify(posted(b"{}"), CONNECTION, NOW)


def test_the_standard_webhooks_package_accepts_what_the_sandbox_signs():
    at = SystemClock().now()  # the package asks the wall
    body = body_of([CALLBACK])
    assert Webhook(SECRET).verify(body.decode(), signed_headers("sbe_1", body, SECRET, at))


@given(position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_body_with_one_other_byte_is_refused(position, flip):
    body = body_of([CALLBACK])
    position %= len(body)
    forged = body[:position] + bytes([body[position] ^ flip]) + body[position + 1 :]
    assert not READER.verify(replace(posted(body), body=forged), CONNECTION, NOW)


@pytest.mark.parametrize(
    ("late", "accepted"), [(299, True), (301, False), (-299, True), (-301, False), (31_536_000, False)]
)
def test_a_signature_is_good_for_five_minutes_either_way(late, accepted):
    assert READER.verify(posted(b"{}"), CONNECTION, NOW + timedelta(seconds=late)) is accepted


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ä"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-id": ""},
        {"webhook-id": "sbe_2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "-1"},
    ],
)
def test_odd_headers_are_refused_without_a_fuss(headers):
    assert READER.verify(posted(b"{}", **headers), CONNECTION, NOW) is False


def test_another_connections_secret_is_refused():
    assert not READER.verify(posted(b"{}", secret="whsec_" + "A" * 32), CONNECTION, NOW)


@pytest.mark.parametrize("secrets", [{}, {"signing_secret": ""}, {"signing_secret": "not base64!"}])
def test_a_connection_without_a_usable_secret_accepts_nothing(secrets):
    assert READER.verify(posted(b"{}"), replace(CONNECTION, secrets=secrets), NOW) is False


def test_signing_without_a_usable_secret_is_refused():
    with pytest.raises(ValueError, match="whsec_"):
        signed_headers("sbe_1", b"{}", "nonsense!", NOW)


def test_one_event_is_an_object_and_comes_back_whole():
    body = body_of([CALLBACK])
    assert isinstance(json.loads(body), dict)
    [event] = parsed(body)
    assert event.key == callback_id(EVENT) == delivery_id([CALLBACK])
    assert (event.kind, event.status, event.provider_status) == ("receipt", "delivered", "delivered")
    assert event.attempt_id == f"att_{ATTEMPT.hex}"
    assert event.provider_message_id == f"sbx_{ATTEMPT.hex}"
    assert event.at == NOW
    assert event.detail == {"code": "c", "reason": "r"}
    assert event.address is None
    assert event.text is None


def test_a_receipt_names_no_customer():
    assert b"4915112345678" not in body_of([CALLBACK])


def test_several_events_are_an_array_under_one_id_that_a_repeat_keeps():
    other = replace(CALLBACK, id=ATTEMPT, word="sent")
    assert [event.status for event in parsed(body_of([other, CALLBACK]))] == ["sent", "delivered"]
    assert delivery_id([other, CALLBACK]) == delivery_id([other, CALLBACK]) != delivery_id([CALLBACK, other])
    assert "." not in delivery_id([other, CALLBACK])


def test_every_word_has_its_meaning():
    assert set(MEANING) == set(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_comes_back_as_what_it_means(word):
    [event] = parsed(body_of([replace(CALLBACK, word=word)]))
    assert (event.kind, event.status) == MEANING[word]


def test_a_reply_comes_with_its_address_and_words():
    [event] = parsed(body_of([replace(CALLBACK, word="reply", text="When will it come?")]))
    assert (event.kind, event.address, event.text) == ("reply", "+4915112345678", "When will it come?")


def test_a_stop_comes_with_its_address():
    [event] = parsed(body_of([replace(CALLBACK, word="opt_out", text="STOP")]))
    assert (event.kind, event.address, event.status) == ("opt_out", "+4915112345678", "opted_out")


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b'"text"', b"{", b"\xff\xfe\x00", b"[" * 100_000, b"\x80{}", b"1" * 10_000]
)
def test_a_body_that_is_neither_object_nor_array_is_a_value_error(body):
    with pytest.raises(ValueError, match=r".+"):
        parsed(body)


def test_an_empty_array_says_nothing():
    assert parsed(b"[]") == []


def test_an_event_that_makes_no_sense_is_kept_and_costs_its_neighbours_nothing():
    good = json.loads(body_of([CALLBACK]))
    events = parsed(json.dumps([None, 7, {}, {"type": "opened", "id": "x"}, {"type": 5, "id": []}, good]).encode())
    assert [event.kind for event in events] == ["ignored"] * 5 + ["receipt"]
    assert len({event.key for event in events}) == 6
    assert all(event.key for event in events)


def test_letters_that_postgres_refuses_do_not_get_through():
    raw = b'{"id":"a\\u0000b","type":"reply","from":"\\ud800","text":"x\\u0000y"}'
    [event] = parsed(raw)
    for text in (event.key, event.address, event.text):
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize("at", ["soon", 7, None, "2026-11-23T10:00:00", "9999-12-31T23:59:59-14:00", ""])
def test_a_time_that_is_none_is_left_out(at):
    [event] = parsed(json.dumps({"type": "sent", "at": at}).encode())
    assert event.at is None


def test_a_time_in_another_zone_is_the_same_instant():
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    [event] = parsed(json.dumps({"type": "sent", "at": there.isoformat()}).encode())
    assert event.at == NOW
    assert event.at.tzinfo is UTC


@pytest.mark.parametrize("attempt", ["att_1", "msg_" + "0" * 32, "att_" + "0" * 33, 7, None])
def test_an_attempt_id_that_is_none_is_left_out(attempt):
    [event] = parsed(json.dumps({"type": "sent", "attempt_id": attempt}).encode())
    assert event.attempt_id is None


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda value: json.dumps(value).encode())
)
def test_no_body_whatever_raises_anything_but_a_value_error(body):
    try:
        events = parsed(body)
    except ValueError:
        return
    assert all(event.key for event in events)
