"""Business time agrees with a counter of minutes: any zone, both days of the clock change, holidays, leap days."""

from datetime import date
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.storefronts.minute_counter import DAY, MINUTE, WEEK, Counted, reading
from tidings.storefronts.calendar import add_business, business_between, stretches_between

ZONES = sorted(available_timezones())
# 10,000 cases. Counting a window costs more than a case in it.
EXAMPLES, CASES = 250, 40
DAY_MINUTES = 24 * 60
SPAN = 10
# So many days are counted: those in which a case may start, and its span.
STARTS = 4
WINDOW = STARTS + SPAN + 1

# Days at whose edges something happens: clocks change in one zone or another, years and Februaries end, holidays.
REMARKABLE = [
    date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25), date(2026, 11, 1),
    date(2026, 12, 24), date(2026, 12, 31), date(2027, 2, 28), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1),
    date(2028, 4, 14), date(2029, 5, 1),
]  # fmt: skip
PLACES = [None, {"country": "DE", "region": "BE"}, {"country": "DE"}, {"country": "US", "region": "CA"},
          {"country": "JP"}, {"country": "SE"}]  # fmt: skip


@st.composite
def openings(draw: st.DrawFn, *, most: int = 3) -> list[list[str]]:
    """Up to three stretches of a day; some of them touch, some end at midnight."""
    cuts = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=2 * most)))
    if len(cuts) % 2:
        cuts.pop()
    step = draw(st.sampled_from([15, 15, 15, 7])) if cuts and cuts[-1] <= 24 * 60 // 15 else 15
    return [[reading(a * step), reading(b * step)] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]


@st.composite
def calendars(draw: st.DrawFn, around: date) -> dict[str, Any]:
    """Any calendar that opens on one day of the week at least, or round the clock, with exceptions near a day."""
    hours = {day: draw(openings()) for day in draw(st.sets(st.sampled_from(WEEK)))}
    calendar: dict[str, Any] = {"hours": hours if any(hours.values()) else {}}
    place = draw(st.sampled_from(PLACES))
    if place:
        calendar["holidays"] = place
    near = st.integers(-2, SPAN).map(lambda n: around + n * DAY)
    if draw(st.booleans()):
        first = draw(near)
        calendar["closures"] = [{"name": "c", "first": str(first), "last": str(first + draw(st.integers(0, 3)) * DAY)}]
    if draw(st.booleans()):
        calendar["special_days"] = [{"on": str(draw(near)), "openings": draw(openings(most=2))}]
    return calendar


@st.composite
def windows(draw: st.DrawFn) -> tuple[Counted, str]:
    """Some days in some zone, with every minute counted."""
    around = draw(st.sampled_from(REMARKABLE) | st.dates(date(2025, 1, 1), date(2031, 12, 31)))
    zone = draw(st.sampled_from(ZONES))
    return Counted(draw(calendars(around)), zone, around - 2 * DAY, WINDOW), zone


@pytest.mark.timeout(120)
@settings(max_examples=EXAMPLES)
@given(windows(), st.integers(0, 2**64))
def test_business_time_agrees_with_a_counter_of_minutes(window: tuple[Counted, str], seed: int) -> None:
    counted, zone = window
    edges, chance = counted.edges(), Random(seed)
    for n in range(CASES):
        start = chance.randrange(STARTS * DAY_MINUTES)
        if n % 2 and edges:
            # In an opening or closing minute, or beside one.
            start = max(chance.choice(edges) + chance.randint(-1, 1), 0) % (STARTS * DAY_MINUTES)
        agree(counted, zone, start, start + chance.randrange(chance.choice([DAY_MINUTES, SPAN * DAY_MINUTES])))


def agree(counted: Counted, zone: str, start: int, end: int) -> None:
    begin, finish = counted.at(start), counted.at(end)
    expected = counted.count(start, end)
    assert business_between(begin, finish, counted.calendar, zone) == expected * MINUTE
    if expected:
        due = counted.at(counted.after(start, expected))
        assert add_business(begin, expected * MINUTE, counted.calendar, zone) == due
        assert stretches_between(begin, due, counted.calendar, zone)[-1].ends == due


NIGHTS = {"hours": {day: [["00:00", "00:45"], ["01:30", "03:10"], ["22:30", "24:00"]] for day in WEEK}}


@pytest.mark.timeout(120)
def test_both_days_of_the_clock_change_agree_in_every_zone() -> None:
    changes = 0
    for zone in ZONES:
        for day in changing_days(zone, 2027):
            counted = Counted(NIGHTS, zone, day - 2 * DAY, 6)
            for start in range(DAY_MINUTES, 4 * DAY_MINUTES, 701):
                agree(counted, zone, start, start + DAY_MINUTES)
            changes += 1
    assert changes > 200


def changing_days(zone: str, year: int) -> list[date]:
    """The days at whose end a zone is not as far from UTC as at their start."""
    where, noon = ZoneInfo(zone), Counted({}, "UTC", date(year, 1, 1), 0).first + DAY / 2
    offsets = [(noon + n * DAY).astimezone(where).utcoffset() for n in range(366)]
    return [(noon + n * DAY).date() for n in range(1, 366) if offsets[n] != offsets[n - 1]]
