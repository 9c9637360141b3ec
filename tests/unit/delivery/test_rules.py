"""The judgement after an attempt, over its whole matrix."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.delivery.ports import (
    Accepted,
    Misconfigured,
    NotThere,
    Outcome,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)
from tidings.delivery.rules import (
    ASK_AFTER,
    BACKOFF_LONGEST,
    HALT,
    SMS_CALLBACK_WAIT,
    TRIES_PER_CONNECTION,
    Again,
    Dead,
    Done,
    NextChannel,
    Standing,
    backoff,
    judge,
    judge_found,
    may_repeat,
)
from tidings.storefronts.kinds import CHANNELS, Channel

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def standing(
    *,
    channel: Channel = "email",
    next_step: int | None = None,
    further_connections: int = 0,
    tries: int = 0,
    valid_for: timedelta = timedelta(hours=72),
    can_be_asked: bool = False,
    attempts: int = 0,
) -> Standing:
    return Standing(channel, next_step, further_connections, tries, NOW + valid_for, can_be_asked, attempts)


def test_what_is_accepted_is_done() -> None:
    verdict = judge(Accepted("x"), standing(), now=NOW, jitter=0.5)
    assert (verdict.status, verdict.next) == ("accepted", Done())


def test_a_permanent_refusal_goes_to_the_next_channel_and_suppresses_a_dead_address() -> None:
    verdict = judge(Permanent("gone", "5.1.1", "hard_bounce"), standing(next_step=2), now=NOW, jitter=0.5)
    assert (verdict.status, verdict.next, verdict.suppress) == ("bounced", NextChannel(2), "hard_bounce")
    assert "5.1.1" in verdict.reason


def test_a_permanent_refusal_of_the_content_is_no_bounce() -> None:
    verdict = judge(Permanent("spam"), standing(), now=NOW, jitter=0.5)
    assert (verdict.status, verdict.next, verdict.suppress) == ("failed", Dead(), None)


def test_what_one_provider_refuses_another_may_take_unless_the_address_is_to_blame() -> None:
    here = standing(next_step=1, further_connections=1)
    assert judge(Permanent("spam"), here, now=NOW, jitter=0.5).next == Again(timedelta(), 0, refused=True)
    for blamed in ("hard_bounce", "complaint", "opt_out"):
        assert judge(Permanent("no", suppress=blamed), here, now=NOW, jitter=0.5).next == NextChannel(1)


def test_a_transient_refusal_is_retried_then_fails_over_then_falls_back_then_is_patient() -> None:
    soon = Transient("down")
    assert isinstance(judge(soon, standing(), now=NOW, jitter=0.5).next, Again)
    last = TRIES_PER_CONNECTION - 1
    assert judge(soon, standing(tries=last, further_connections=1, next_step=1), now=NOW, jitter=0.5).next == Again(
        timedelta(), 0, refused=True
    )
    assert judge(soon, standing(tries=last, next_step=1), now=NOW, jitter=0.5).next == NextChannel(1)
    patient = judge(soon, standing(tries=last), now=NOW, jitter=0.5).next
    assert isinstance(patient, Again)
    assert patient.tries == TRIES_PER_CONNECTION


def test_a_provider_that_says_when_is_believed() -> None:
    later = timedelta(minutes=7)
    assert judge(Transient("down", retry_after=later), standing(), now=NOW, jitter=0).next == Again(later, 1)
    assert judge(Throttled("slow", retry_after=later), standing(tries=1), now=NOW, jitter=0).next == Again(later, 1)


def test_who_asks_for_patience_and_not_for_how_much_is_asked_less_and_less_often() -> None:
    waits = [
        judge(Throttled("slow"), standing(attempts=attempts), now=NOW, jitter=0.999).next for attempts in range(12)
    ]
    assert all(isinstance(wait, Again) and wait.tries == 0 for wait in waits)
    delays = [wait.delay for wait in waits if isinstance(wait, Again)]
    assert delays == sorted(delays)
    assert delays[0] < timedelta(seconds=5)
    assert delays[-1] > BACKOFF_LONGEST * 0.99


@pytest.mark.parametrize("outcome", [Transient("x"), Throttled("x"), Misconfigured("x"), Uncertain("x")])
def test_nothing_is_retried_past_its_validity(outcome: Outcome) -> None:
    stale = standing(valid_for=timedelta(microseconds=-1))
    assert judge(outcome, stale, now=NOW, jitter=0.99).next == Dead()
    with_way = standing(valid_for=timedelta(microseconds=-1), next_step=1)
    assert judge(outcome, with_way, now=NOW, jitter=0.99).next == NextChannel(1)


def test_a_misconfigured_connection_is_halted_and_costs_no_try() -> None:
    wrong = Misconfigured("key")
    alone = judge(wrong, standing(tries=1), now=NOW, jitter=0)
    assert (alone.next, alone.halt) == (Again(HALT, 1), HALT)
    assert judge(wrong, standing(further_connections=1), now=NOW, jitter=0).next == Again(timedelta(), 0, refused=True)
    assert judge(wrong, standing(next_step=3), now=NOW, jitter=0).next == NextChannel(3)


def test_uncertainty_asks_where_it_can() -> None:
    for channel in CHANNELS:
        verdict = judge(Uncertain("?"), standing(channel=channel, can_be_asked=True), now=NOW, jitter=0)
        assert (verdict.status, verdict.next) == ("uncertain", Again(ASK_AFTER, 1))


def test_uncertainty_never_falls_back_to_another_channel() -> None:
    for channel in CHANNELS:
        for tries in range(4):
            here = standing(channel=channel, tries=tries, next_step=1, further_connections=1)
            assert not isinstance(judge(Uncertain("?"), here, now=NOW, jitter=0).next, NextChannel)


def test_an_uncertain_sms_waits_and_goes_once_more_and_a_call_never_rings_twice() -> None:
    assert judge(Uncertain("?"), standing(channel="sms"), now=NOW, jitter=0).next == Again(SMS_CALLBACK_WAIT, 1)
    assert judge(Uncertain("?"), standing(channel="sms", tries=1), now=NOW, jitter=0).next == Dead()
    assert judge(Uncertain("?"), standing(channel="voice"), now=NOW, jitter=0).next == Dead()
    assert isinstance(judge(Uncertain("?"), standing(channel="push"), now=NOW, jitter=0.5).next, Again)


def test_what_the_provider_says_when_asked_decides() -> None:
    assert judge_found(Accepted("x"), standing(), now=NOW, jitter=0).next == Done()
    not_there = judge_found(NotThere(), standing(tries=1), now=NOW, jitter=0)
    assert (not_there.status, not_there.next) == ("failed", Again(timedelta(), 1))
    unsure = judge_found(Uncertain("?"), standing(tries=1), now=NOW, jitter=0.5)
    assert (unsure.status, unsure.next) == ("uncertain", Again(backoff(1, 0.5), 2))


@given(tries=st.integers(0, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_the_backoff_grows_and_stays_within_its_bounds(tries: int, jitter: float) -> None:
    assert timedelta() <= backoff(tries, jitter) <= BACKOFF_LONGEST
    assert backoff(tries, jitter) <= backoff(tries + 1, jitter)


def test_every_channel_says_whether_it_may_repeat() -> None:
    assert {channel: may_repeat(channel, 1) for channel in get_args(Channel)} == {
        "email": True, "push": True, "sms": True, "voice": False,
    }  # fmt: skip
    assert not may_repeat("sms", 2)
