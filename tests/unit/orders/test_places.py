from typing import Any

import pytest

from tests.unit.orders.test_countries import CODES
from tidings.orders.countries import country_format
from tidings.orders.findings import Findings
from tidings.orders.parties import Address
from tidings.orders.places import check_address


def checked(**parts: Any) -> tuple[Address, dict[str, str], dict[str, str]]:
    """The address after the check; what is missing; what is wrong."""
    address = Address(**({"name": "Ada Byron", "line1": "1 Main St", "city": "Town"} | parts))
    findings = Findings()
    check_address(address, "/a", findings)
    return address, *({f.pointer: f.detail for f in found} for found in (findings.missing, findings.wrong))


@pytest.mark.parametrize("code", CODES)
def test_an_address_of_any_country_can_be_made_right(code: str) -> None:
    form = country_format(code)
    assert form is not None
    region = next((r for r in form.regions.values()), None)
    postal = form.postal_example
    if region is not None and region.postal is not None and postal is not None and not region.postal.match(postal):
        postal = None
    _, missing, wrong = checked(country=code, region=region.name if region else "Somewhere", postal_code=postal)
    assert not wrong
    assert set(missing) <= {"/a/postal_code"}
    _, missing, wrong = checked(country=code.lower())
    assert set(missing) == {
        f"/a/{name}"
        for name, is_needed in (("region", form.needs_region), ("postal_code", form.needs_postal_code))
        if is_needed
    }
    assert not wrong


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"country": "de", "postal_code": "10115"}, ("DE", None, "10115")),
        ({"country": "US", "region": "California", "postal_code": "94103"}, ("US", "CA", "94103")),
        ({"country": "US", "region": "ca", "postal_code": "94103-1234"}, ("US", "CA", "94103-1234")),
        ({"country": "CA", "region": "Québec", "postal_code": "h2x 1y4"}, ("CA", "QC", "H2X 1Y4")),
        ({"country": "GB", "postal_code": "sw1a 1aa"}, ("GB", None, "SW1A 1AA")),
        ({"country": "NL", "postal_code": "1234 ab"}, ("NL", None, "1234 AB")),
        ({"country": "IT", "region": "Roma", "postal_code": "00184"}, ("IT", "RM", "00184")),
        # Latin names stay as they were written, and so does what the format has no place for.
        ({"country": "JP", "region": "Tokyo", "postal_code": "100-0001"}, ("JP", "Tokyo", "100-0001")),
        ({"country": "CN", "region": "Beijing", "postal_code": "100000"}, ("CN", "Beijing", "100000")),
        ({"country": "DE", "region": "Berlin", "postal_code": "10115"}, ("DE", "Berlin", "10115")),
        ({"country": "HK", "region": "Kowloon", "postal_code": "000"}, ("HK", "Kowloon", "000")),
        ({"country": "IE", "region": "Somewhere"}, ("IE", "Somewhere", None)),
    ],
)
def test_an_address_is_brought_into_its_countrys_form(parts: dict[str, str], expected: tuple[str | None, ...]) -> None:
    address, missing, wrong = checked(**parts)
    assert not missing
    assert not wrong
    assert (address.country, address.region, address.postal_code) == expected


@pytest.mark.parametrize(
    ("parts", "pointer", "words"),
    [
        ({"country": "DE", "postal_code": "1011"}, "/a/postal_code", "such as 26133"),
        ({"country": "DE", "postal_code": "D-10115"}, "/a/postal_code", "postal code of DE"),
        ({"country": "US", "region": "Atlantis", "postal_code": "94103"}, "/a/region", "is not a state of US"),
        ({"country": "US", "region": "NY", "postal_code": "94103"}, "/a/postal_code", "does not belong to NY"),
        ({"country": "Germany", "postal_code": "10115"}, "/a/country", "ISO 3166"),
        ({"country": "XX"}, "/a/country", "ISO 3166"),
    ],
)
def test_what_no_post_office_would_take_is_refused(parts: dict[str, str], pointer: str, words: str) -> None:
    _, missing, wrong = checked(**parts)
    assert not missing
    assert list(wrong) == [pointer]
    assert words in wrong[pointer]


def test_what_is_missing_is_called_by_the_countrys_own_word() -> None:
    _, missing, _ = checked(country="US")
    assert missing == {
        "/a/region": "is required: US addresses name the state",
        "/a/postal_code": "is required: US addresses have a zip code",
    }


def test_an_address_without_a_country_is_judged_no_further() -> None:
    _, missing, wrong = checked(country=None, postal_code="?")
    assert list(missing) == ["/a/country"]
    assert not wrong


def test_no_address_is_missing_as_a_whole() -> None:
    findings = Findings()
    check_address(None, "/a", findings)
    assert [fault.pointer for fault in findings.missing] == ["/a"]
