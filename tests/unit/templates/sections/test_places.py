# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
from tests.unit.templates.making import material, names
from tidings.templates.sections.places import address_of


def test_addresses_name_their_country_in_the_readers_language():
    assert names("addresses", material(tag="de"))["shipping_lines"][-1] == "Deutschland"


def test_a_short_address_leaves_out_the_shops_own_country():
    made, abroad = material(), material("britain")
    names("addresses", made)
    names("addresses", abroad)
    assert made.lists["address"][-1] == "10115 Berlin"
    assert abroad.lists["address"][-1] == "United Kingdom"


def test_delivery_is_told_whichever_day_comes_first():
    found = names("delivery", material(estimated_delivery={"from": "2026-11-28", "to": "2026-11-26"}))
    assert found["delivery_short"] == "Nov 26\u2009–\u200928, 2026"


def test_an_address_is_read_wherever_it_stands():
    found = {"to": {"name": "Ada", "line1": "Street 1", "city": "Berlin", "country": "DE", "line2": None}}
    assert address_of(found, "to", "/change").line1 == "Street 1"
    assert address_of(found, "to", "/change").postal_code == ""
