"""How long an endpoint is left alone."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tidings.webhooks.rules import GIVEN_UP_AFTER, PAUSES, is_given_up, is_taken, pause_after

NOW = FixedClock().now()


def test_the_pauses_grow_from_seconds_to_hours_and_stay_there() -> None:
    pauses = [pause_after(failures, jitter=0.5) for failures in range(1, 9)]
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert [pause.total_seconds() for pause in PAUSES] == [5, 300, 1800, 7200, 18000, 36000]


def test_they_are_spread_by_a_fifth_either_way() -> None:
    assert pause_after(2, jitter=0) == timedelta(minutes=4)
    assert pause_after(2, jitter=1) == timedelta(minutes=6)


def test_what_was_asked_for_counts_if_it_is_longer() -> None:
    assert pause_after(1, jitter=0.5, asked=timedelta(hours=1)) == timedelta(hours=1)
    assert pause_after(3, jitter=0.5, asked=timedelta(seconds=1)) == timedelta(minutes=30)


def test_it_is_given_up_after_three_days() -> None:
    assert not is_given_up(NOW, NOW + GIVEN_UP_AFTER - timedelta(seconds=1))
    assert is_given_up(NOW, NOW + GIVEN_UP_AFTER)


@pytest.mark.parametrize(("status", "taken"), [(199, False), (200, True), (299, True), (300, False), (410, False)])
def test_only_two_hundreds_take_an_event(status: int, *, taken: bool) -> None:
    assert is_taken(status) is taken
