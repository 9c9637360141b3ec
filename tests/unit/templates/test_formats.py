# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.money import major_units
from tidings.templates.formats import Formats, ever_shorter, formats_of, nearest_formats

LOCALES = [
    "en",
    "en-GB",
    "en-IN",
    "de",
    "de-AT",
    "de-CH",
    "fr",
    "fr-CH",
    "es",
    "es-MX",
    "it",
    "nl",
    "pl",
    "sv",
    "pt",
    "ja",
    "ar",
    "he",
]
CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "KWD", "HUF", "INR", "ZZZ"]
BERLIN = ZoneInfo("Europe/Berlin")
NBSP = "\u00a0"


def formats(tag: str) -> Formats:
    found = formats_of(tag)
    assert found is not None
    return found


@given(st.sampled_from(LOCALES), st.sampled_from(CURRENCIES), st.integers(-(2**53), 2**53))
def test_money_is_written_as_babel_writes_it(tag, currency, amount):
    theirs = format_currency(major_units(amount, currency), currency, locale=Locale.parse(tag, sep="-"))
    # But for the space that Unicode asks for between a word and a number.
    assert formats(tag).money(amount, currency).replace(NBSP, "") == theirs.replace(NBSP, "")


@pytest.mark.parametrize(
    ("tag", "amount", "currency", "expected"),
    [
        ("en-US", 1980, "USD", "$19.80"),
        ("en", 5, "EUR", "€0.05"),
        ("en", 12_750, "KWD", f"KWD{NBSP}12.750"),
        ("de", 198_000, "EUR", f"1.980,00{NBSP}€"),
        ("de", -500, "EUR", f"-5,00{NBSP}€"),
        ("fr", 1_234_567, "EUR", f"12\u202f345,67{NBSP}€"),
        ("ja", 3600, "JPY", "￥3,600"),
        ("en-IN", 123_456_789, "INR", "₹12,34,567.89"),
    ],
)
def test_money_by_example(tag, amount, currency, expected):
    assert formats(tag).money(amount, currency) == expected


def test_money_is_spoken_in_words():
    assert formats("en").spoken_money(2470, "EUR") == "24.70 euros"
    assert formats("de").spoken_money(2470, "EUR") == "24,70 Euro"


def test_times_are_told_in_the_orders_own_zone():
    at = datetime(2026, 11, 23, 8, 14, 7, tzinfo=UTC)
    assert formats("de").instant(at, BERLIN) == "Montag, 23. November 2026, 09:14 (MEZ)"
    assert formats("en-GB").instant(at, BERLIN) == "Monday, 23 November 2026, 09:14 (CET)"
    assert formats("en-US").instant(at, ZoneInfo("America/New_York")) == "Monday, November 23, 2026, 3:14\u202fAM (EST)"
    assert formats("fr").instant(at, ZoneInfo("Asia/Tokyo")) == "lundi 23 novembre 2026, 17:14 (UTC+09:00)"


def test_the_two_half_past_twos_of_the_night_that_has_them_are_told_apart():
    german = formats("de")
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert german.instant(summer, BERLIN) == "Sonntag, 25. Oktober 2026, 02:30 (MESZ)"
    assert german.instant(summer + timedelta(hours=1), BERLIN) == "Sonntag, 25. Oktober 2026, 02:30 (MEZ)"
    assert german.instant(summer, BERLIN) == "Sonntag, 25. Oktober 2026, 02:30 (MESZ)"


def test_the_hour_that_the_clocks_skip_is_skipped():
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert formats("de").instant(before, BERLIN).endswith("01:59 (MEZ)")
    assert formats("de").instant(before + timedelta(minutes=1), BERLIN).endswith("03:00 (MESZ)")


@given(
    st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["de", "en-GB", "es", "it"]),
)
def test_the_zone_is_the_one_of_that_very_moment(at, tag):
    told = formats(tag).instant(at, BERLIN)
    assert told.endswith(format_datetime(at, "(z)", tzinfo=BERLIN, locale=tag.replace("-", "_")))


def test_many_zones_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("tidings.templates.formats._KEPT", 2)
    english = Formats(Locale.parse("en"))
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    told = [english.instant(at, ZoneInfo(zone)) for zone in ("Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "UTC")]
    assert len(set(told)) == 4
    assert len(english._zone_names) <= 2


def test_days_of_delivery():
    first, last = date(2026, 11, 26), date(2026, 11, 28)
    assert formats("en").days(first, last) == "Thu, Nov 26\u2009–\u2009Sat, Nov 28, 2026"
    assert formats("de").days(first, first) == "Donnerstag, 26. November 2026"
    assert formats("de").short_days(first, last, None) == "26.–28. Nov. 2026"
    assert formats("de").short_days(first, first, None) == "26.11.2026"
    assert formats("fr").short_days(first, last, "dd/MM/y") == "26/11/2026 - 28/11/2026"
    assert formats("fr").short_days(first, first, "dd/MM/y") == "26/11/2026"
    assert formats("de").spoken_days(first, first) == "Donnerstag, 26. November 2026"
    assert formats("de").spoken_days(first, last).count("2026") == 2


@given(st.sampled_from(LOCALES), st.lists(st.text(max_size=5), max_size=6))
def test_lists_are_joined_as_babel_joins_them(tag, parts):
    # Babel itself stumbles over braces.
    parts = [part.replace("{", "").replace("}", "") for part in parts]
    assert formats(tag).joined(parts) == format_list(parts, locale=tag.replace("-", "_"))


def test_braces_in_a_list_stay_what_they_are():
    assert formats("en").joined(["{0}", "{1}", "{0}{1}"]) == "{0}, {1}, and {0}{1}"


def test_countries_and_plurals():
    assert formats("de").territory("DE") == "Deutschland"
    assert formats("de").territory("Q9") == "Q9"
    assert [formats("pl").plural(number) for number in (1, 2, 5)] == ["one", "few", "many"]


@pytest.mark.parametrize("tag", ["", "x", "xx", "de-DE-DE-DE", "../../etc/passwd", "{{ 7 }}", "de\x00", "-"])
def test_a_language_that_there_is_not_is_none_and_the_nearest_is_still_found(tag):
    assert formats_of(tag) is None
    assert nearest_formats(tag).locale.language in {"en", "de"}


def test_a_tag_gets_shorter():
    assert ever_shorter("ZH_hant-tw") == ["zh-Hant-TW", "zh-Hant", "zh"]
    assert nearest_formats("de_at").locale.territory == "AT"
    assert nearest_formats("ar").right_to_left


@pytest.mark.parametrize(
    ("tag", "short", "spoken"),
    [
        ("en-GB", "23 Nov 2026, 09:14", "Monday, 23 November 2026, 09:14"),
        ("de", "23.11.2026, 09:14", "Montag, 23. November 2026, 09:14"),
        ("ja", "2026/11/23 9:14", "2026年11月23日月曜日 9:14"),
        ("pl", "23 lis 2026, 09:14", "poniedziałek, 23 listopada 2026 09:14"),
    ],
)
def test_an_instant_is_told_briefly_and_aloud(tag, short, spoken):
    at = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
    assert formats(tag).short_instant(at, BERLIN, None) == short
    assert formats(tag).spoken_instant(at, BERLIN) == spoken
    assert formats(tag).short_instant(at, BERLIN, "dd/MM/y").startswith("23/11/2026")
