"""Business time counted minute by minute: what the arithmetic must agree with."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import holidays

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# No zone changes its clocks, or stands apart from UTC, by anything else; so its wall is read this often.
QUARTER = 15


def reading(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


READ = {reading(minute): minute for minute in range(24 * 60 + 1)}


@cache
def public_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=region, years=year, categories="public", expand=False))


class Counted:
    """Every minute from midnight UTC of a day on: open, or not."""

    def __init__(self, calendar: Mapping[str, Any], zone: str, first: date, days: int) -> None:
        self.calendar = calendar
        self.first = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self._walls: dict[date, bytes] = {}
        where, minutes, at = ZoneInfo(zone), bytearray(), self.first
        for _ in range(days * 24 * 60 // QUARTER):
            wall = at.astimezone(where)
            at += QUARTER * MINUTE
            past = wall.hour * 60 + wall.minute
            assert past % QUARTER == 0 == wall.second, "a zone that is read too seldom"
            minutes += self._day(wall.date())[past : past + QUARTER]
        self.minutes = bytes(minutes)
        self._passed = [0, *accumulate(self.minutes)]

    def _day(self, on: date) -> bytes:
        """The minutes that the wall may show on a day."""
        if on not in self._walls:
            shown = bytearray(24 * 60)
            for opens, closes in self._hours(on):
                for minute in range(READ[opens], READ[closes]):
                    shown[minute] = 1
            self._walls[on] = bytes(shown)
        return self._walls[on]

    def _hours(self, on: date) -> Any:
        for special in self.calendar.get("special_days", ()):
            if special["on"] == str(on):
                return special["openings"]
        if any(closure["first"] <= str(on) <= closure["last"] for closure in self.calendar.get("closures", ())):
            return ()
        place = self.calendar.get("holidays")
        if place and on in public_holidays(place["country"], place.get("region"), on.year):
            return ()
        week = self.calendar.get("hours")
        return week.get(WEEK[on.weekday()], ()) if week else [("00:00", "24:00")]

    def at(self, minute: int) -> datetime:
        return self.first + minute * MINUTE

    def count(self, start: int, end: int) -> int:
        """Opening minutes between two."""
        return self._passed[end] - self._passed[start]

    def after(self, start: int, count: int) -> int:
        """The minute after the opening minute that completes so many."""
        wanted, low, high = self._passed[start] + count, start, len(self.minutes)
        while low < high:
            middle = (low + high) // 2
            if self._passed[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def edges(self) -> list[int]:
        """The minutes at which the shop opens or closes."""
        return [run.start() for run in re.finditer(b"\x00+|\x01+", self.minutes)][1:]
