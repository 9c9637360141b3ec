"""Public holidays by country and region."""

from datetime import date

import pytest

from tidings.storefronts.public_holidays import holiday_on, holidays_of, is_known


@pytest.mark.parametrize(
    ("day", "country", "region", "is_one"),
    [
        (date(2026, 3, 8), "DE", "BE", True),  # women's day is Berlin's own
        (date(2026, 3, 8), "DE", None, False),
        (date(2026, 7, 4), "US", None, True),
        (date(2026, 11, 29), "SE", None, False),  # a Sunday
        (date(2028, 2, 29), "DE", None, False),
    ],
)
def test_a_region_has_holidays_of_its_own(day: date, country: str, region: str | None, *, is_one: bool) -> None:
    assert (holiday_on(day, country, region) is not None) is is_one


def test_what_was_looked_up_is_kept() -> None:
    assert holidays_of("DE", None, 2027) is holidays_of("DE", None, 2027)


def test_a_place_is_known_or_not() -> None:
    assert is_known("DE")
    assert is_known("DE", "BY")
    assert not is_known("DE", "XX")
    assert not is_known("ZZ")
    assert not is_known("UK")
