"""When a review is due, and what of it is to be told when. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tidings.reviews.kinds import Stage

_LEAP_MONTH, _LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Clock:
    """By when a review must have its outcome, and when somebody is told that it has none."""

    warns_at: datetime
    due_at: datetime
    escalates_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What has been told of an open review."""

    warned_at: datetime | None = None
    missed_at: datetime | None = None
    escalated_at: datetime | None = None


def a_year_after(at: datetime, zone: str) -> datetime:
    """The same day of the next year, at the same time of the shop's clock; of 29 February, the 28th.

    Args:
        at: an instant.
        zone: the shop's.
    """
    there = at.astimezone(ZoneInfo(zone))
    day = _LEAP_DAY - 1 if (there.month, there.day) == (_LEAP_MONTH, _LEAP_DAY) else there.day
    return there.replace(year=there.year + 1, day=day).astimezone(at.tzinfo)


def clock_of(
    opened_at: datetime, *, due_within: timedelta, remind_before: timedelta, escalate_after: timedelta
) -> Clock:
    """The clock of a review that is opened now."""
    due_at = opened_at + due_within
    return Clock(due_at - remind_before, due_at, due_at + escalate_after)


def stage_due(clock: Clock, told: Told, now: datetime) -> Stage | None:
    """What must be told of an open review now, if anything: each once, and no reminder of what is late."""
    if told.missed_at is None:
        if now >= clock.due_at:
            return "missed"
        return "warned" if told.warned_at is None and now >= clock.warns_at else None
    return "escalated" if told.escalated_at is None and now >= clock.escalates_at else None
