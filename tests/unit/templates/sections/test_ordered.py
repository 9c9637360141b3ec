from dataclasses import replace

import pytest

from tests.unit.templates.making import material, names
from tidings.templates.errors import Unrenderable


def test_the_order_says_its_number_time_and_customer():
    found = names("order", material())
    assert (found["number"], found["name"], found["greeting"]) == ("W-10045", "Ada Byron", "Hello Ada Byron,")
    assert found["placed"] == "Monday, November 23, 2026, 9:14\u202fAM (GMT+01:00)"


def test_a_text_message_tells_the_time_without_its_zone():
    made = replace(material(), has_tables=False)
    assert names("order", made)["placed_short"] == "Nov 23, 2026, 9:14\u202fAM"
    assert "placed_short" not in names("order", material())


def test_a_number_sign_is_not_doubled():
    assert names("order", material(number="#1001"))["number"] == "1001"


def test_a_customer_without_a_name_is_greeted_all_the_same():
    assert names("order", material(customer=None))["greeting"] == "Hello,"


def test_an_order_that_does_not_say_when_it_was_placed_was_placed_when_it_came():
    assert "9:14\u202fAM" in names("order", material(placed_at=None))["placed"]
    with pytest.raises(Unrenderable, match="/order/placed_at: is missing"):
        names("order", material(placed_at=None, received_at=None))


def test_what_is_missing_is_told_once_each():
    parts = [{"pointer": "/lines/0/quantity"}, {"pointer": "/lines/1/quantity"}, {"pointer": "/customer/phone"}]
    found = names("missing", material(missing=parts))
    assert found["missing_rows"] == ["how many you would like of each product", "your phone number"]


def test_a_shop_that_cannot_be_asked_cannot_confirm():
    made = material()
    made.names["contact"] = ""
    with pytest.raises(Unrenderable, match=r"^storefront/contact"):
        names("contact", made)
