from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clock import FixedClock
from tidings.verification.patience import LONGEST_SILENCE, LONGEST_WAIT_FOR_A_YES, MOST_SILENCES, Tries

NOW = FixedClock().now()


@given(st.lists(st.sampled_from(["silence", "rest", "not yet", "hand over"]), max_size=30))
@settings(max_examples=50)
def test_what_the_errand_carries_is_what_it_was(turns: list[str]) -> None:
    tries = Tries()
    for turn in turns:
        match turn:
            case "silence" | "rest":
                tries = tries.after_silence(NOW, was_asked=turn == "silence")
            case "not yet":
                tries = tries.after_not_yet(NOW)
            case _:
                tries = tries.handed_over()
    assert Tries.read(tries.told()) == tries
    assert timedelta() < tries.pause(None) <= timedelta(minutes=30)
    assert timedelta() < tries.wait(None) <= timedelta(hours=1)


def test_an_errand_that_nobody_has_carried_out_yet_carries_nothing() -> None:
    assert Tries.read({}) == Tries()


def test_pauses_double_and_a_longer_one_that_was_asked_for_is_kept() -> None:
    tries, pauses = Tries(), []
    for _ in range(9):
        tries = tries.after_silence(NOW, was_asked=True)
        pauses.append(tries.pause(None).total_seconds())
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert Tries(turns=1).pause(timedelta(minutes=1)) == timedelta(minutes=1)


def test_eight_silences_are_enough() -> None:
    tries = Tries()
    for count in range(1, MOST_SILENCES + 1):
        tries = tries.after_silence(NOW, was_asked=True)
        assert tries.needs_a_person(NOW, is_hopeless=False) is (count == MOST_SILENCES)


def test_half_an_hour_is_enough_though_nobody_was_asked() -> None:
    tries = Tries().after_silence(NOW, was_asked=False)
    assert not tries.needs_a_person(NOW, is_hopeless=False)
    assert tries.needs_a_person(NOW + LONGEST_SILENCE, is_hopeless=False)


def test_what_is_hopeless_is_told_at_once_and_only_once() -> None:
    tries = Tries().after_silence(NOW, was_asked=True)
    assert tries.needs_a_person(NOW, is_hopeless=True)
    assert not tries.handed_over().needs_a_person(NOW, is_hopeless=True)


def test_an_answer_ends_the_silence() -> None:
    tries = Tries().after_silence(NOW, was_asked=True).after_not_yet(NOW)
    assert (tries.silences, tries.silent_since, tries.waits) == (0, None, 1)
    assert tries.wait(timedelta(days=1)) == timedelta(days=1)


def test_how_long_it_was_asked_about_counts_from_the_first_try() -> None:
    later = NOW + LONGEST_WAIT_FOR_A_YES
    assert not Tries().are_enough(later)
    tries = Tries().after_not_yet(NOW).after_silence(later, was_asked=True).after_not_yet(later)
    assert not tries.are_enough(later - timedelta(seconds=1))
    assert tries.are_enough(later)


def test_where_nobody_waits_for_the_answer_it_is_asked_for_the_more_seldom_the_longer_it_takes() -> None:
    tries, now, turns = Tries(), NOW, 0
    while not tries.are_enough(now):
        tries = tries.after_not_yet(now)
        wait = tries.unhurried(now, tries.wait(None))
        assert wait >= max(tries.wait(None), (now - NOW) / 10)
        now, turns = now + wait, turns + 1
    assert turns < 100
    assert now - NOW < LONGEST_WAIT_FOR_A_YES * 1.1
