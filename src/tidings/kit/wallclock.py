"""The clock on the wall: at which instants it shows given hours of a day, in zones that change their clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
# No zone is further from UTC, and none is as far.
_FURTHEST: Final = timedelta(hours=16)


class Period(NamedTuple):
    """While one offset is in effect: instants in UTC, the end not included; None: longer than the day."""

    begins: datetime | None
    ends: datetime | None
    # When the wall shows the day's first minute by this offset.
    midnight: datetime


def instants(day: date, opens: int, closes: int, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """When the clock on the wall shows these minutes of a day, as stretches of instants in UTC.

    An hour that the clocks leave out yields nothing, one that they repeat yields twice.

    Args:
        day: of the calendar that hangs beside the clock.
        opens: minutes since midnight.
        closes: the same; 1440 is the midnight that ends the day. Not included.
        zone: whose clock.
    """
    for period in periods(day, zone):
        begins = period.midnight + timedelta(minutes=opens)
        ends = period.midnight + timedelta(minutes=closes)
        if period.begins is not None and period.begins > begins:
            begins = period.begins
        if period.ends is not None and period.ends < ends:
            ends = period.ends
        if begins < ends:
            yield begins, ends


@lru_cache(maxsize=8192)
def periods(day: date, zone: ZoneInfo) -> tuple[Period, ...]:
    """The offsets that are in effect while the wall may show this day; nearly always a single one."""
    midnight = datetime.combine(day, time(), UTC)
    walls = [(midnight + by).replace(tzinfo=zone, fold=fold) for by in (timedelta(), _DAY) for fold in (0, 1)]
    offsets = {wall.utcoffset() or timedelta() for wall in walls}
    if len(offsets) == 1:
        return (Period(None, None, midnight - offsets.pop()),)
    return tuple(_scanned(midnight, zone))


def _scanned(midnight: datetime, zone: ZoneInfo) -> Iterator[Period]:
    since, at, last = None, midnight - _FURTHEST, midnight + _DAY + _FURTHEST
    while at < last:
        offset, later = _offset(at, zone), at + _HOUR
        if _offset(later, zone) != offset:
            change = _change(at, later, zone)
            yield Period(since, change, midnight - offset)
            since = change
        at = later
    yield Period(since, None, midnight - _offset(last, zone))


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the later offset."""
    offset = _offset(before, zone)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    if offset is None:
        raise AssertionError
    return offset
