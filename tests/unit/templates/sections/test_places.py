# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
from dataclasses import replace

from tests.unit.templates.making import material, names
from tidings.templates.sections.places import address_of
from tidings.templates.sections.table import SECTIONS


def test_addresses_name_their_country_in_the_readers_language():
    assert names("addresses", material(tag="de"))["shipping_lines"][-1] == "Deutschland"


def test_a_short_address_leaves_out_the_shops_own_country():
    made, abroad = material(), material("britain")
    names("addresses", made)
    names("addresses", abroad)
    assert made.lists["address"][-1] == "10115 Berlin"
    assert abroad.lists["address"][-1] == "United Kingdom"


def briefly(sample: str = "short", **changes: object) -> tuple[object, object]:
    """What a text message makes of the billing address: words, or lines."""
    made = replace(material(sample, **changes), has_tables=False)
    SECTIONS["addresses"](made)
    return made.names.get("billing"), made.lists.get("billing")


def test_a_short_billing_address_is_the_same_or_what_differs_from_the_other():
    assert briefly() == ("the same address", None)
    # Whoever is named above is not named again.
    assert briefly("britain") == (None, ["Invalidenstr. 117", "10115 Berlin"])
    other = {"name": "Analytical GmbH", "line1": "Street 1", "city": "Wien", "postal_code": "1010", "country": "AT"}
    assert briefly(billing_address=other) == (None, ["Analytical GmbH", "Street 1", "1010 Wien", "Austria"])


def test_delivery_is_told_whichever_day_comes_first():
    found = names("delivery", material(estimated_delivery={"from": "2026-11-28", "to": "2026-11-26"}))
    assert found["delivery_short"] == "Nov 26\u2009–\u200928, 2026"


def test_an_address_is_read_wherever_it_stands():
    found = {"to": {"name": "Ada", "line1": "Street 1", "city": "Berlin", "country": "DE", "line2": None}}
    assert address_of(found, "to", "/change").line1 == "Street 1"
    assert address_of(found, "to", "/change").postal_code == ""
