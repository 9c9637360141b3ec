"""How long a shop keeps what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tidings.storefronts.terms import (
    LAWS,
    LEAST_MONTHS,
    Retention,
    asked_terms,
    country_of,
    kept_since,
    kept_until,
    law_of,
    terms_of,
)

NOW = datetime(2026, 11, 29, 20, 15, tzinfo=UTC)


def test_by_default_nothing_is_kept_shorter_than_it_must_be() -> None:
    for country in (None, *LAWS):
        assert all(term.months >= term.least for term in asked_terms(Retention(), country))


def test_what_was_stored_too_short_is_kept_long_enough_all_the_same() -> None:
    terms = terms_of(Retention(communications_months=1, content_months=1, documents_months=1), "DE")
    assert (terms["communications"].months, terms["content"].months) == (LEAST_MONTHS, LEAST_MONTHS)
    assert terms["documents"].months == LAWS["DE"].months
    assert terms_of(Retention(documents_months=120), "DE")["documents"].months == 120


def test_every_law_names_its_source_and_an_unknown_country_keeps_longest() -> None:
    assert all(law.months >= LEAST_MONTHS and law.source for law in LAWS.values())
    assert law_of(None).months == law_of("XX").months == max(law.months for law in LAWS.values())


@pytest.mark.parametrize(
    ("legal", "locale", "country"),
    [
        ({"vat_id": "DE123456789"}, "fr-FR", "DE"),
        ({"vat_id": "EL123456789"}, "el", "GR"),
        ({}, "de-AT", "AT"),
        ({"company": "Shop"}, "de", None),
    ],
)
def test_a_shop_is_at_home_where_it_pays_tax_or_speaks(legal: dict[str, str], locale: str, country: str | None) -> None:
    assert country_of(legal, locale) == country


def test_content_is_not_kept_longer_than_its_message() -> None:
    with pytest.raises(ValidationError, match="longer than the communications"):
        Retention(communications_months=12, content_months=13)


def test_months_go_back_by_the_calendar_and_documents_by_the_end_of_the_year() -> None:
    assert kept_since("communications", 12, NOW) == NOW.replace(year=2025, day=28)
    assert kept_since("communications", 12, NOW.replace(day=5, month=1)) == NOW.replace(year=2025, month=1, day=5)
    assert kept_since("documents", 96, NOW) == datetime(2018, 1, 1, tzinfo=UTC)
    assert kept_until("documents", 96, NOW) == datetime(2035, 1, 1, tzinfo=UTC)


@given(
    made_at=st.integers(0, 40_000).map(lambda days: datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)),
    months=st.integers(12, 240),
)
@settings(max_examples=50)
def test_a_document_goes_on_the_day_that_was_told(made_at: datetime, months: int) -> None:
    months = months // 12 * 12
    until = kept_until("documents", months, made_at)
    assert made_at < kept_since("documents", months, until)
    assert made_at >= kept_since("documents", months, until.replace(year=until.year - 1, month=12, day=31))
