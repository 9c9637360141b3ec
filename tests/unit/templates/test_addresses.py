from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.templates.addresses import Address, address_lines


def written(**parts: str) -> list[str]:
    address = Address("Ada Byron", "", "", "", "", "", "")
    return address_lines(replace(address, **parts), parts["country"])


def japanese(line1: str, postal_code: str = "150-0041") -> list[str]:
    return address_lines(Address("エイダ", line1, "", "渋谷区", "東京都", postal_code, "JP"), "JP")


def test_germany_writes_the_postal_code_first():
    assert written(line1="Invalidenstr. 117", city="Berlin", postal_code="10115", country="DE") == [
        "Ada Byron", "Invalidenstr. 117", "10115 Berlin", "DE",
    ]  # fmt: skip


def test_america_writes_city_state_and_code_in_one_line():
    lines = written(
        line1="1600 Amphitheatre Pkwy",
        line2="Suite 2",
        city="Mountain View",
        region="CA",
        postal_code="94043",
        country="US",
    )
    assert lines == ["Ada Byron", "1600 Amphitheatre Pkwy", "Suite 2", "Mountain View, CA 94043", "US"]


def test_britain_writes_the_code_last():
    assert written(line1="12 St James's Square", city="London", postal_code="SW1Y 4JH", country="GB")[-3:] == [
        "London", "SW1Y 4JH", "GB",
    ]  # fmt: skip


def test_japan_writes_from_the_large_to_the_small_in_its_own_script():
    assert japanese("神南1-1-1") == ["〒150-0041", "東京都", "渋谷区神南1-1-1", "エイダ", "JP"]


def test_japan_in_latin_letters_goes_the_other_way():
    lines = written(line1="1-1-1 Jinnan", city="Shibuya-ku", region="Tokyo", postal_code="150-0041", country="JP")
    assert lines == ["Ada Byron", "1-1-1 Jinnan, Shibuya-ku, Tokyo", "150-0041", "JP"]


def test_a_city_that_stands_in_the_street_already_is_not_repeated():
    assert japanese("渋谷区神南1-1-1")[2] == "渋谷区神南1-1-1"


def test_sweden_and_switzerland_do_without_the_prefix_for_mail_from_abroad():
    assert "114 55 Stockholm" in written(line1="Storgatan 1", city="Stockholm", postal_code="114 55", country="SE")


def test_a_county_that_the_format_has_no_place_for_is_kept():
    assert written(line1="Am Hafen 1", city="Kiel", region="Schleswig-Holstein", postal_code="24103", country="DE") == [
        "Ada Byron", "Am Hafen 1", "24103 Kiel", "Schleswig-Holstein", "DE",
    ]  # fmt: skip


def test_a_postal_code_that_the_format_has_no_place_for_is_kept():
    assert "Dubai 12345" in " ".join(
        written(line1="Street 1", city="Dubai", postal_code="12345", region="Dubai", country="AE")
    )


def test_nothing_is_left_dangling_where_a_part_is_missing():
    assert written(line1="Street 1", city="", region="CA", postal_code="94043", country="US") == [
        "Ada Byron",
        "Street 1",
        "CA 94043",
        "US",
    ]
    assert written(line1="Street 1", city="Springfield", country="US") == ["Ada Byron", "Street 1", "Springfield", "US"]
    assert japanese("神南1-1-1", "")[0] == "東京都"


@pytest.mark.parametrize("country", ["", "XX", "zz", "../x", "D", "DEU", "%Z"])
def test_an_unknown_country_has_a_plain_form(country):
    lines = written(line1="Street 1", city="Town", region="Part", postal_code="123", country=country)
    assert lines == ["Ada Byron", "Street 1", "Town 123", "Part", country]


PART = st.text(alphabet="abcXYZ 神áж1-,%", min_size=1, max_size=12).map(lambda text: text.strip(" ,-")).filter(bool)


@given(
    PART,
    PART,
    PART,
    PART,
    PART,
    st.sampled_from(["DE", "US", "GB", "JP", "CN", "HK", "AE", "IE", "SE", "BR", "KR", "IN", "XX"]),
)
def test_whatever_the_customer_typed_is_there(line1, line2, city, region, postal_code, country):
    joined = "\n".join(address_lines(Address("Ada", line1, line2, city, region, postal_code, country), "Country"))
    assert all(part in joined for part in ("Ada", line1, line2, city, region, postal_code, "Country"))
