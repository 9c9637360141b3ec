"""Business time: when a promise of so much opening time is due.

A calendar is the storefront's JSON: `{"hours": {"mon": [["09:00", "17:00"]], …}}` in the storefront's own zone; no
hours at all means round the clock. `24:00` closes at midnight.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

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
    if not calendar.get("hours"):
        return start.astimezone(UTC) + duration
    left = duration
    for opens, closes in _openings(start, calendar["hours"], ZoneInfo(time_zone)):
        begins = max(opens, start)
        if begins + left <= closes:
            return (begins + left).astimezone(UTC)
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
