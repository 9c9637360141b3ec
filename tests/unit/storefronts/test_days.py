"""What a calendar says of a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from tidings.storefronts.days import day_of, is_closed_for_a_year

CALENDAR: dict[str, Any] = {
    "hours": {"mon": [["09:00", "17:00"]]},
    "holidays": {"country": "DE"},
    "closures": [{"name": "Stocktaking", "first": "2026-12-21", "last": "2027-01-01"}],
    "special_days": [{"on": "2026-12-28", "openings": [["10:00", "11:00"]], "name": "For you"}],
}
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("on", "why", "name", "is_open"),
    [
        ("2026-11-23", "hours", None, True),
        ("2026-11-24", "hours", None, False),
        ("2026-12-21", "closure", "Stocktaking", False),
        ("2026-12-28", "special_day", "For you", True),
        ("2027-01-01", "closure", "Stocktaking", False),
        ("2027-03-29", "holiday", "Easter Monday", False),
    ],
)
def test_special_days_go_before_closures_before_holidays_before_the_week(
    on: str, why: str, name: str | None, *, is_open: bool
) -> None:
    day = day_of(date.fromisoformat(on), CALENDAR)
    assert (day.why, day.name, bool(day.openings)) == (why, name, is_open)


def test_without_hours_a_shop_is_open_round_the_clock_but_on_its_holidays() -> None:
    calendar = {"hours": {}, "holidays": {"country": "DE"}}
    assert day_of(TODAY, calendar).openings == (("00:00", "24:00"),)
    assert not day_of(date(2026, 12, 25), calendar).openings


def closed(days: int, **more: Any) -> dict[str, Any]:
    last = TODAY + timedelta(days=40 + days - 1)
    return {"closures": [{"name": "c", "first": str(TODAY + timedelta(days=40)), "last": str(last)}], **more}


def test_a_year_without_an_opening_is_noticed_wherever_it_begins() -> None:
    assert is_closed_for_a_year(closed(366), TODAY)
    assert not is_closed_for_a_year(closed(365), TODAY)
    opened = {"special_days": [{"on": str(TODAY + timedelta(days=100)), "openings": [["09:00", "09:01"]]}]}
    assert not is_closed_for_a_year(closed(366, **opened), TODAY)


def test_a_closure_without_end_is_noticed_in_no_time() -> None:
    assert is_closed_for_a_year({"closures": [{"name": "c", "first": "2026-01-01", "last": "9999-12-31"}]}, TODAY)


def test_a_shop_that_is_open_now_and_then_is_open() -> None:
    assert not is_closed_for_a_year({}, TODAY)
    assert not is_closed_for_a_year(CALENDAR, TODAY)
