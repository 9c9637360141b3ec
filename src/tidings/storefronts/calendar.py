"""Business time: when a promise of so much opening time is due.

A calendar is the storefront's JSON: `{"hours": {"mon": [["09:00", "17:00"]], …}}` in the storefront's own zone; no
hours at all means round the clock. `24:00` closes at midnight.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_DAY_MINUTES = 24 * 60
# A week without an hour is refused when the calendar is saved; this bounds the search all the same.
_HORIZON_DAYS = 3660


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
    if not calendar.get("hours"):
        return start + duration
    left = duration
    for opens, closes in _openings(start, calendar["hours"], ZoneInfo(time_zone)):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta())
    message = "the calendar never opens"
    raise ValueError(message)


def _openings(start: datetime, hours: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of opening time from `start`'s day on, as instants in UTC."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    for _ in range(_HORIZON_DAYS):
        for opens, closes in hours.get(WEEKDAYS[day.weekday()], ()):
            begin, end = _instant(day, opens, zone), _instant(day, closes, zone)
            if end > start and end > begin:
                yield begin, end
        day += timedelta(days=1)


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = map(int, clock.split(":"))
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock's reading, given its zone below
    wall = midnight + timedelta(hours=hour, minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)


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
