"""What a calendar says of a day: its opening hours, and why they are what they are. Pure.

Special days go before closures, closures before public holidays, holidays before the weekly hours.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from tidings.storefronts.public_holidays import holiday_on

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Why = Literal["hours", "special_day", "closure", "holiday"]
# Pairs of wall clock readings.
Openings = Sequence[Sequence[str]]

_ALL_DAY: Final = (("00:00", "24:00"),)
_YEAR: Final = 366
# Nobody plans further ahead, and a look ahead must end.
MOST_AHEAD: Final = timedelta(days=10 * _YEAR)


class Day(NamedTuple):
    """A day as the calendar has it."""

    on: date
    openings: Openings
    why: Why
    # Of the holiday, the closure or the special day.
    name: str | None = None


def day_of(on: date, calendar: Mapping[str, Any]) -> Day:
    """A day's opening hours."""
    iso = on.isoformat()
    for special in calendar.get("special_days", ()):
        if special["on"] == iso:
            return Day(on, special["openings"], "special_day", special.get("name"))
    for closure in calendar.get("closures", ()):
        if closure["first"] <= iso <= closure["last"]:
            return Day(on, (), "closure", closure["name"])
    place = calendar.get("holidays")
    if place and (name := holiday_on(on, place["country"], place.get("region"))) is not None:
        return Day(on, (), "holiday", name)
    hours = calendar.get("hours")
    return Day(on, hours.get(WEEKDAYS[on.weekday()], ()) if hours else _ALL_DAY, "hours")


def is_closed_for_a_year(calendar: Mapping[str, Any], today: date) -> bool:
    """Whether there comes a year without any opening: a promise made then would never be due."""
    if not any(calendar.values()):
        return False
    named = [closure["last"] for closure in calendar.get("closures", ())]
    latest = min(date.fromisoformat(max(named, default="1970-01-01")), today + MOST_AHEAD)
    closed = 0
    for ahead in range(max((latest - today).days, 0) + _YEAR):
        closed = 0 if day_of(today + timedelta(days=ahead), calendar).openings else closed + 1
        if closed >= _YEAR:
            return True
    return False
