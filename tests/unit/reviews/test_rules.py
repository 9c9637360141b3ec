"""When a review is due, and what of it is to be told when."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tidings.reviews.rules import Clock, Told, a_year_after, clock_of, stage_due

OPENED = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCK = clock_of(OPENED, due_within=30 * DAY, remind_before=7 * DAY, escalate_after=5 * DAY)
SECOND = timedelta(seconds=1)


def test_a_clock_counts_from_the_opening() -> None:
    assert Clock(OPENED + 23 * DAY, OPENED + 30 * DAY, OPENED + 35 * DAY) == CLOCK


@pytest.mark.parametrize(
    ("at", "zone", "then"),
    [
        ("2026-11-29T09:30:00+00:00", "UTC", "2027-11-29T09:30:00+00:00"),
        # Nine in the morning by the shop's clock stays nine, whatever summer time does.
        ("2026-03-28T08:00:00+00:00", "Europe/Berlin", "2027-03-28T07:00:00+00:00"),
        # The leap day is the shop's: late on the 28th in London, it is the 29th in Tokyo.
        ("2028-02-28T20:00:00+00:00", "Asia/Tokyo", "2029-02-27T20:00:00+00:00"),
        ("2028-02-29T12:00:00+00:00", "UTC", "2029-02-28T12:00:00+00:00"),
        ("2027-02-28T12:00:00+00:00", "UTC", "2028-02-28T12:00:00+00:00"),
    ],
)
def test_a_year_later_is_the_same_day_by_the_shops_clock(at: str, zone: str, then: str) -> None:
    found = a_year_after(datetime.fromisoformat(at), zone)
    assert found.isoformat() == then


def test_each_stage_has_its_time() -> None:
    told = Told()
    assert stage_due(CLOCK, told, CLOCK.warns_at - SECOND) is None
    assert stage_due(CLOCK, told, CLOCK.warns_at) == "warned"
    told = Told(warned_at=CLOCK.warns_at)
    assert stage_due(CLOCK, told, CLOCK.due_at - SECOND) is None
    assert stage_due(CLOCK, told, CLOCK.due_at) == "missed"
    told = Told(CLOCK.warns_at, CLOCK.due_at)
    assert stage_due(CLOCK, told, CLOCK.escalates_at - SECOND) is None
    assert stage_due(CLOCK, told, CLOCK.escalates_at) == "escalated"
    assert stage_due(CLOCK, Told(CLOCK.warns_at, CLOCK.due_at, CLOCK.escalates_at), CLOCK.escalates_at + DAY) is None


def test_nobody_is_reminded_of_what_is_late_and_nothing_goes_on_that_nobody_was_told_is_late() -> None:
    assert stage_due(CLOCK, Told(), CLOCK.escalates_at + DAY) == "missed"


def test_each_is_told_once_whatever_came_before() -> None:
    """From any state, going on as told ends in silence after at most three."""
    moments = (OPENED, CLOCK.warns_at, CLOCK.due_at, CLOCK.escalates_at)
    for warned, missed, escalated, now in product((None, OPENED), (None, OPENED), (None, OPENED), moments):
        told, steps = {"warned_at": warned, "missed_at": missed, "escalated_at": escalated}, []
        while (stage := stage_due(CLOCK, Told(**told), now)) is not None:
            assert told[f"{stage}_at"] is None, "told before"
            told[f"{stage}_at"] = now
            steps.append(stage)
        assert steps == sorted(steps, key=["warned", "missed", "escalated"].index)


def test_without_a_wait_it_goes_on_as_soon_as_it_is_late() -> None:
    clock = clock_of(OPENED, due_within=DAY, remind_before=timedelta(), escalate_after=timedelta())
    assert stage_due(clock, Told(), clock.due_at) == "missed"
    assert stage_due(clock, Told(missed_at=clock.due_at), clock.due_at) == "escalated"
