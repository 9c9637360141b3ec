"""A clock that runs only while the shop is open, as arrays."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tidings.reports.business_clock import business_clock

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Rules:
    calendar: dict[str, Any]
    from_at: datetime = MONDAY - DAY
    time_zone: str = field(default="UTC")


OFFICE = Rules({"hours": {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue")}})


def test_stretches_are_told_with_what_passed_before_them() -> None:
    clock = business_clock([OFFICE], MONDAY + 10 * HOUR, MONDAY + 2 * DAY)
    assert [f"{begins:%a %H}" for begins in clock.begins] == ["Mon 10", "Mon 13", "Tue 09", "Tue 13"]
    assert clock.lasts == [120, 240, 180, 240]
    assert clock.before == [0, 120, 360, 540]


def test_each_calendar_counts_while_it_was_in_force() -> None:
    round_the_clock = Rules({}, MONDAY + 14 * HOUR)
    clock = business_clock([OFFICE, round_the_clock], MONDAY, MONDAY + DAY)
    assert clock.lasts == [180, 60, 600]


def test_a_shop_that_is_closed_has_no_stretches() -> None:
    assert business_clock([OFFICE], MONDAY + 2 * DAY, MONDAY + 3 * DAY).begins == []
    assert business_clock([], MONDAY, MONDAY + DAY).begins == []
