"""Business time: when a promise of so much opening time is due.

A calendar is the storefront's JSON (schemas.Calendar): opening hours by weekday, `{"hours": {"mon": [["09:00",
"17:00"]], …}}`, in the storefront's own zone; no hours at all means round the clock. `24:00` closes at midnight. Public
holidays, closures and special days take days out of the week (days.py).

A minute is opening time if the clock on the shop's wall shows it to be: an hour that the clocks leave out in spring is
none, one that they repeat in autumn is two (kit/wallclock.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tidings.kit.wallclock import instants
from tidings.storefronts.days import WEEKDAYS, Day, day_of

__all__ = [
    "WEEKDAYS", "Stretch", "add_business", "business_between", "days_off_between", "faults_in_hours", "minutes",
    "openings_from", "stretches_between",
]  # fmt: skip

_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_DAY_MINUTES = 24 * 60
_DAY: Final = timedelta(days=1)
# A calendar that is closed for a year is refused when it is saved; this bounds the search all the same.
_HORIZON_DAYS = 3660


class Stretch(NamedTuple):
    """Opening time without a break, as instants in UTC."""

    begins: datetime
    ends: datetime


def add_business(start: datetime, duration: timedelta, calendar: Mapping[str, Any], time_zone: str) -> datetime:
    """The instant at which `duration` of opening time has passed since `start`.

    Args:
        start: an aware instant.
        duration: opening time, measured in elapsed time (an hour is an hour on both DST days).
        calendar: the storefront's calendar.
        time_zone: IANA name of the zone that the hours are told in.

    Returns:
        An aware instant in UTC; the very closing minute counts as inside.

    Raises:
        ValueError: the calendar never opens.
    """
    # Arithmetic on an instant told in a zone is arithmetic on its wall clock: an hour too many or too few on DST days.
    start = start.astimezone(UTC)
    if not any(calendar.values()):
        return start + duration
    left = duration
    for opens, closes in openings_from(start, calendar, time_zone):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    message = "the calendar never opens"
    raise ValueError(message)


def business_between(start: datetime, end: datetime, calendar: Mapping[str, Any], time_zone: str) -> timedelta:
    """How much opening time passes from `start` to `end`; none if the end is not later."""
    counted = stretches_between(start, end, calendar, time_zone)
    return sum((stretch.ends - stretch.begins for stretch in counted), timedelta())


def stretches_between(start: datetime, end: datetime, calendar: Mapping[str, Any], time_zone: str) -> Sequence[Stretch]:
    """The opening time from `start` to `end`: what is counted, stretch by stretch."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if not any(calendar.values()):
        return [Stretch(start, end)] if start < end else []
    counted: list[Stretch] = []
    for opens, closes in openings_from(start, calendar, time_zone):
        if opens >= end:
            break
        begins, ends = max(opens, start), min(closes, end)
        if counted and counted[-1].ends == begins:
            begins = counted.pop().begins
        counted.append(Stretch(begins, ends))
    return counted


def days_off_between(start: datetime, end: datetime, calendar: Mapping[str, Any], time_zone: str) -> Sequence[Day]:
    """The days from `start` to `end` that are not as the week has them, or have no opening hours at all."""
    zone = ZoneInfo(time_zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    days = (day_of(first + n * _DAY, calendar) for n in range((last - first).days + 1))
    return [day for day in days if day.why != "hours" or not day.openings]


def openings_from(start: datetime, calendar: Mapping[str, Any], time_zone: str) -> Iterator[Stretch]:
    """Opening time that has not ended at `start`, stretch by stretch, as far ahead as anybody looks."""
    zone = ZoneInfo(time_zone)
    day = start.astimezone(zone).date() - _DAY
    for _ in range(_HORIZON_DAYS):
        yield from sorted(stretch for stretch in _openings_on(day, calendar, zone) if stretch.ends > start)
        day += _DAY


def _openings_on(day: date, calendar: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Stretch]:
    for opens, closes in day_of(day, calendar).openings:
        for begins, ends in instants(day, _minutes(opens), _minutes(closes), zone):
            yield Stretch(begins, ends)


def _minutes(clock: str) -> int:
    """Of a reading that was found sound when it was saved."""
    return int(clock[:2]) * 60 + int(clock[3:])


def faults_in_hours(hours: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """What is wrong with opening hours, in words; an empty week is none, and means round the clock."""
    faults = [fault for day, openings in hours.items() for fault in _faults_in_day(day, openings)]
    if hours and not faults and not any(hours.values()):
        faults = ["never opens: leave `hours` out to be open round the clock"]
    return faults


def _faults_in_day(day: str, openings: Sequence[Sequence[str]]) -> Iterator[str]:
    closed_before = 0
    for opens, closes in openings:
        begin, end = minutes(opens), minutes(closes)
        if begin is None or end is None:
            yield f"{day}: {opens}-{closes} is not HH:MM-HH:MM"
        elif begin >= end:
            yield f"{day}: {opens}-{closes} ends before it begins"
        elif begin < closed_before:
            yield f"{day}: {opens}-{closes} begins before the stretch before it has ended"
        closed_before = end or closed_before


def minutes(clock: str) -> int | None:
    """Minutes since midnight that a wall clock shows, from 00:00 to 24:00; None when it is no such reading."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    total = int(found[1]) * 60 + int(found[2])
    return total if total <= _DAY_MINUTES else None
