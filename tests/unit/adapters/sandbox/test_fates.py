"""Who gets what: the reserved recipients, and everybody else."""

from datetime import UTC, datetime, timedelta

import pytest

from tidings.adapters.sandbox.fates import (
    CHANNELS,
    RESERVED,
    THROTTLE_WAIT,
    THROTTLES,
    Due,
    Pace,
    Step,
    answer_to_send,
    fate_of,
    reply_word,
    schedule,
)
from tidings.delivery.ports import Permanent, Throttled

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def words(channel: str, recipient: str) -> list[str]:
    return [step.word for step in fate_of(channel, recipient).steps]


@pytest.mark.parametrize(
    ("channel", "recipient", "expected"),
    [
        ("email", "delivered@sandbox.test", ["accepted", "sent", "delivered"]),
        ("email", "bounce@sandbox.test", ["accepted", "sent", "hard_bounce"]),
        ("email", "soft-bounce@sandbox.test", ["accepted", "sent", "soft_bounce", "expired"]),
        ("email", "complaint@sandbox.test", ["accepted", "sent", "delivered", "spam_report"]),
        ("email", "slow@sandbox.test", ["accepted", "sent", "delivered"]),
        ("sms", "+15005550101", ["accepted", "sent", "delivered"]),
        ("sms", "+15005550102", ["accepted", "sent", "undelivered"]),
        ("sms", "+15005550103", []),
        ("sms", "+15005550104", ["accepted", "sent", "delivered"]),
        ("sms", "+15005550105", []),
        ("voice", "+15005550101", ["accepted", "ringing", "answered"]),
        ("voice", "+15005550102", ["accepted", "ringing", "undelivered"]),
        ("voice", "+15005550106", ["accepted", "ringing", "busy"]),
        ("voice", "+15005550107", ["accepted", "ringing", "no_answer"]),
        ("voice", "+15005550108", ["accepted", "ringing", "voicemail"]),
        ("push", "sandbox-undelivered", ["accepted", "sent", "undelivered"]),
        ("push", "sandbox-slow", ["accepted", "sent", "delivered"]),
        ("push", "sandbox-silent", []),
    ],
)
def test_a_reserved_recipient_forces_its_outcome(channel, recipient, expected):
    assert words(channel, recipient) == expected


@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        ("email", "ada@example.com"),
        ("email", "bounce@example.com"),
        ("email", "bouncer@sandbox.test"),
        ("email", "bounce@sub.sandbox.test"),
        ("email", "not an address"),
        ("email", ""),
        ("sms", "+4915112345678"),
        ("sms", "+15005550106"),
        ("push", "fcm-token:APA91b"),
    ],
)
def test_anybody_else_is_delivered(channel, recipient):
    assert words(channel, recipient) == ["accepted", "sent", "delivered"]


def test_anybody_else_answers_the_telephone():
    assert words("voice", "+4915112345678") == ["accepted", "ringing", "answered"]


@pytest.mark.parametrize("recipient", ["bounce+order-7@sandbox.test", "BOUNCE@Sandbox.Test", " bounce@sandbox.test "])
def test_a_tag_or_capitals_change_nothing_of_a_reserved_mailbox(recipient):
    assert words("email", recipient)[-1] == "hard_bounce"


def test_a_reserved_device_may_carry_a_tag():
    assert fate_of("push", "sandbox-unregistered:phone-2") is fate_of("push", "sandbox-unregistered")


def test_an_unreachable_number_is_refused_for_good_each_time():
    for channel in ("sms", "voice"):
        refusal = answer_to_send(fate_of(channel, "+15005550103"), 7)
        assert isinstance(refusal, Permanent)
        assert refusal.suppress is None, "or the number could force its outcome only once"


def test_a_device_without_the_app_is_refused_and_suppressed():
    refusal = answer_to_send(fate_of("push", "sandbox-unregistered"), 0)
    assert isinstance(refusal, Permanent)
    assert refusal.suppress == "hard_bounce"


def test_a_throttled_number_is_taken_at_the_third_try():
    fate = fate_of("sms", "+15005550104")
    answers = [answer_to_send(fate, before) for before in range(THROTTLES + 1)]
    assert all(isinstance(answer, Throttled) and answer.retry_after == THROTTLE_WAIT for answer in answers[:THROTTLES])
    assert answers[THROTTLES] is None


def test_a_silent_number_is_taken_at_once():
    assert answer_to_send(fate_of("sms", "+15005550105"), 0) is None


def test_callbacks_follow_one_another_by_the_beat_and_the_slow_one_after_the_long_wait():
    pace = Pace(beat=timedelta(milliseconds=100), long=timedelta(seconds=9))
    steps = (Step("accepted"), Step("sent"), Step("delivered", "c", "r", after="long"))
    assert schedule(steps, NOW, pace) == [
        Due("accepted", NOW + timedelta(milliseconds=100)),
        Due("sent", NOW + timedelta(milliseconds=200)),
        Due("delivered", NOW + timedelta(milliseconds=9200), "c", "r"),
    ]


def test_every_channel_has_reserved_recipients_that_say_what_they_do():
    assert set(RESERVED) == set(CHANNELS)
    assert all(fate.about for fates in RESERVED.values() for fate in fates.values())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("STOP", "opt_out"),
        (" stop\n", "opt_out"),
        ("Unsubscribe", "opt_out"),
        ("Stop please", "reply"),
        ("START", "opt_in"),
        ("When will it come?", "reply"),
    ],
)
def test_only_the_keyword_alone_opts_out(text, word):
    assert reply_word(text) == word
