"""At which instants the clock on the wall shows given hours."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tidings.kit.wallclock import instants, periods

BERLIN = ZoneInfo("Europe/Berlin")


def shown(day: date, opens: int, closes: int, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
    return [(f"{a:%d %H:%M}", f"{b:%d %H:%M}") for a, b in instants(day, opens, closes, zone)]


def test_an_ordinary_day_is_one_stretch() -> None:
    assert shown(date(2026, 11, 23), 9 * 60, 17 * 60) == [("23 08:00", "23 16:00")]
    assert len(periods(date(2026, 11, 23), BERLIN)) == 1


def test_an_hour_that_the_clocks_leave_out_is_never_shown() -> None:
    spring = date(2026, 3, 29)
    assert shown(spring, 2 * 60, 3 * 60) == []
    assert shown(spring, 60, 150) == [("29 00:00", "29 01:00")]


def test_an_hour_that_the_clocks_repeat_is_shown_twice() -> None:
    autumn = date(2026, 10, 25)
    assert shown(autumn, 2 * 60, 150) == [("25 00:00", "25 00:30"), ("25 01:00", "25 01:30")]


def test_clocks_that_change_at_midnight_are_read_on_both_days() -> None:
    """Cuba: one o'clock in the night becomes midnight again; before the summer, midnight becomes one o'clock."""
    havana = ZoneInfo("America/Havana")
    assert shown(date(2026, 11, 1), 0, 60, havana) == [("01 04:00", "01 05:00"), ("01 05:00", "01 06:00")]
    assert shown(date(2026, 3, 8), 0, 60, havana) == []


def test_a_day_that_a_country_left_out_is_never_shown() -> None:
    assert shown(date(2011, 12, 30), 0, 1440, ZoneInfo("Pacific/Apia")) == []


def test_instants_are_told_in_utc() -> None:
    ((begins, _),) = instants(date(2026, 7, 1), 0, 1, ZoneInfo("Asia/Kathmandu"))
    assert begins == datetime(2026, 6, 30, 18, 15, tzinfo=UTC)
