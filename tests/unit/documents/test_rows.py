from datetime import date

import pytest

from tests.fixtures.documents import LANGUAGES
from tidings.documents.rows import after_months, months, percent
from tidings.documents.wording import wording_for


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 27), 24, date(2028, 11, 27)), (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)), (date(2026, 3, 31), 9, date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_month_later_is_the_same_day_or_the_months_last(start: date, months: int, end: date) -> None:
    assert after_months(start, months) == end


def test_rates_are_told_exactly() -> None:
    assert percent("0.055", wording_for("de-DE", "en")).replace("\xa0", "") == "5,5%"
    assert percent("0.19", wording_for("en-GB", "en")) == "19%"
    assert percent("0", wording_for("en-GB", "en")) == "0%"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_months_are_told_in_every_language(locale: str) -> None:
    for count in (1, 2, 3, 12, 24, 100):
        told = months(count, wording_for(locale, "en"))
        assert str(count) in told or locale == "ar", "Arabic has words for one and for two months"
        assert "duration" not in told
