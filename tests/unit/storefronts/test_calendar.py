"""Business time: an hour of opening time, over nights, weekends and clock changes."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.storefronts.calendar import (
    add_business,
    business_between,
    days_off_between,
    faults_in_hours,
    minutes,
    stretches_between,
)

BERLIN = "Europe/Berlin"
OFFICE = {"hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
HOUR = timedelta(hours=1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN))


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23T10:00", "2026-11-23T11:00"),  # a Monday
        ("2026-11-23T16:00", "2026-11-23T17:00"),  # ends in the closing minute
        ("2026-11-23T16:30", "2026-11-24T09:30"),  # goes over night
        ("2026-11-23T17:00", "2026-11-24T10:00"),  # placed in the closing minute
        ("2026-11-23T06:00", "2026-11-23T10:00"),  # before opening
        ("2026-11-27T16:30", "2026-11-30T09:30"),  # goes over the weekend
        ("2026-11-28T12:00", "2026-11-30T10:00"),  # on a Saturday
    ],
)
def test_an_hour_of_opening_time(start: str, due: str) -> None:
    assert add_business(berlin(start), HOUR, OFFICE, BERLIN) == berlin(due)


def test_no_hours_at_all_are_round_the_clock() -> None:
    start = berlin("2026-11-28T23:30")
    assert add_business(start, HOUR, {}, BERLIN) == start + HOUR
    assert add_business(start, HOUR, {"hours": {}}, BERLIN).tzinfo is UTC


def test_opening_hours_are_the_shops_own_wherever_the_server_stands() -> None:
    start = datetime(2026, 11, 23, 23, 30, tzinfo=timezone(timedelta(hours=-8)))  # 08:30 on Tuesday in Berlin
    assert add_business(start, HOUR, OFFICE, BERLIN) == berlin("2026-11-24T10:00")


def test_a_lunch_break_is_left_out() -> None:
    calendar = {"hours": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]]}}
    assert add_business(berlin("2026-11-23T11:30"), HOUR, calendar, BERLIN) == berlin("2026-11-23T13:30")


def test_a_shop_that_is_open_over_midnight() -> None:
    calendar = {"hours": {"mon": [["20:00", "24:00"]], "tue": [["00:00", "02:00"]]}}
    assert add_business(berlin("2026-11-23T23:30"), HOUR, calendar, BERLIN) == berlin("2026-11-24T00:30")


SUNDAY_NIGHT = {"hours": {"sun": [["01:00", "05:00"]]}}


def test_the_hour_that_is_left_out_in_spring_is_no_opening_time() -> None:
    # 29 March 2026: 02:00 becomes 03:00, so 01:30 and an hour is 03:30.
    assert add_business(berlin("2026-03-29T01:30"), HOUR, SUNDAY_NIGHT, BERLIN) == berlin("2026-03-29T03:30")


def test_the_hour_that_comes_twice_in_autumn_counts_twice() -> None:
    # 25 October 2026: 03:00 becomes 02:00 again, so 01:30 and two hours is 02:30, the second time.
    due = add_business(berlin("2026-10-25T01:30"), 2 * HOUR, SUNDAY_NIGHT, BERLIN)
    assert due == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_on_the_days_of_the_change_the_office_opens_by_its_own_clock() -> None:
    calendar = {"hours": {"sun": [["09:00", "17:00"]]}}
    assert add_business(berlin("2026-03-28T12:00"), HOUR, calendar, BERLIN) == berlin("2026-03-29T10:00")
    assert add_business(berlin("2026-10-24T12:00"), HOUR, calendar, BERLIN) == berlin("2026-10-25T10:00")


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="never opens"):
        add_business(berlin("2026-11-23T10:00"), HOUR, {"hours": {"mon": []}}, BERLIN)


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    opening=st.integers(1, 20),
)
def test_exactly_so_much_opening_time_passes(start: datetime, opening: int) -> None:
    begin = start.replace(tzinfo=UTC)
    due = add_business(begin, opening * HOUR, OFFICE, BERLIN)
    passed = sum(
        (_overlap(day, begin, due) for day in (begin + timedelta(days=n) for n in range(-1, (due - begin).days + 2))),
        timedelta(),
    )
    assert passed == opening * HOUR


def _overlap(day: datetime, begin: datetime, due: datetime) -> timedelta:
    local = day.astimezone(ZoneInfo(BERLIN)).date()
    if local.weekday() > 4:
        return timedelta()
    opens = datetime(local.year, local.month, local.day, 9, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
    closes = datetime(local.year, local.month, local.day, 17, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
    return max(min(closes, due) - max(opens, begin), timedelta())


@given(
    one=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    later=st.timedeltas(timedelta(), timedelta(days=9)),
)
def test_who_comes_first_is_due_first(one: datetime, later: timedelta) -> None:
    first = one.replace(tzinfo=UTC)
    assert add_business(first, HOUR, OFFICE, BERLIN) <= add_business(first + later, HOUR, OFFICE, BERLIN)


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        ({"mon": [["09:00", "9:30"]]}, "mon: 09:00-9:30 is not HH:MM-HH:MM"),
        ({"mon": [["24:30", "25:00"]]}, "mon: 24:30-25:00 is not HH:MM-HH:MM"),
        ({"tue": [["17:00", "09:00"]]}, "tue: 17:00-09:00 ends before it begins"),
        ({"tue": [["09:00", "09:00"]]}, "tue: 09:00-09:00 ends before it begins"),
        (
            {"wed": [["09:00", "12:00"], ["11:00", "17:00"]]},
            "wed: 11:00-17:00 begins before the stretch before it has ended",
        ),
        ({"thu": []}, "never opens: leave `hours` out to be open round the clock"),
    ],
)
def test_what_is_wrong_with_opening_hours_is_told(hours: dict, fault: str) -> None:
    assert faults_in_hours(hours) == [fault]


def test_sound_opening_hours_have_no_faults() -> None:
    assert not faults_in_hours(OFFICE["hours"])
    assert not faults_in_hours({"sat": [["00:00", "12:00"], ["12:00", "24:00"]]})
    assert not faults_in_hours({})


def test_a_wall_clock_is_read_to_the_minute() -> None:
    assert [minutes(text) for text in ("00:00", "09:05", "24:00", "24:01", "9:00")] == [0, 545, 1440, None, None]


WITH_CHRISTMAS = OFFICE | {"holidays": {"country": "DE"}}


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-12-24T16:30", "2026-12-28T09:30"),  # Christmas, and the weekend within it
        ("2026-12-24T17:00", "2026-12-28T10:00"),  # in the closing minute before it
        ("2026-12-25T12:00", "2026-12-28T10:00"),  # on a holiday
        ("2028-02-29T16:30", "2028-03-01T09:30"),  # over the leap day
    ],
)
def test_holidays_and_leap_days_are_no_trouble(start: str, due: str) -> None:
    assert add_business(berlin(start), HOUR, WITH_CHRISTMAS, BERLIN) == berlin(due)


def test_what_was_counted_is_told_stretch_by_stretch() -> None:
    start, end = berlin("2026-12-24T16:30"), berlin("2026-12-28T09:30")
    assert business_between(start, end, WITH_CHRISTMAS, BERLIN) == HOUR
    assert [ends - begins for begins, ends in stretches_between(start, end, WITH_CHRISTMAS, BERLIN)] == [HOUR / 2] * 2
    assert [day.why for day in days_off_between(start, end, WITH_CHRISTMAS, BERLIN)] == [
        "holiday", "holiday", "hours",
    ]  # fmt: skip


def test_stretches_that_touch_are_one() -> None:
    through = {"hours": {"mon": [["09:00", "24:00"]], "tue": [["00:00", "09:00"]]}}
    assert len(stretches_between(berlin("2026-11-23T08:00"), berlin("2026-11-24T12:00"), through, BERLIN)) == 1


def test_round_the_clock_everything_is_counted_and_backwards_nothing() -> None:
    start = berlin("2026-11-28T23:30")
    assert business_between(start, start + HOUR, {}, BERLIN) == HOUR
    assert business_between(start, start - HOUR, {}, BERLIN) == timedelta()
    assert business_between(start, start - HOUR, OFFICE, BERLIN) == timedelta()
