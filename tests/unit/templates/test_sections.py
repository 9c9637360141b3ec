# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
from copy import deepcopy
from zoneinfo import ZoneInfo

import pytest

from tidings.templates.catalogue import read
from tidings.templates.errors import Unrenderable
from tidings.templates.formats import nearest_formats
from tidings.templates.language import Language
from tidings.templates.samples import snapshot
from tidings.templates.sections import SECTIONS, Material

LABELS = read().labels
NBSP = "\u00a0"


def material(sample="short", milestone="order_dispatched", tag="en", home="DE", **changes) -> Material:
    found = snapshot(sample, milestone)
    found["order"] |= deepcopy(changes)
    language = Language("en", LABELS["en"], nearest_formats(tag))
    names = {"order_url": "https://shop.example/o/1", "contact": "a@b.example"}
    return Material(found["order"], found.get("shipment"), language, ZoneInfo("Europe/Berlin"), home, names)


def names(section: str, made: Material) -> dict:
    SECTIONS[section](made)
    return made.names


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


def test_the_order_says_its_number_time_and_customer():
    found = names("order", material())
    assert (found["number"], found["name"], found["greeting"]) == ("W-10045", "Ada Byron", "Hello Ada Byron,")
    assert found["placed"] == "Monday, November 23, 2026, 9:14\u202fAM (GMT+01:00)"


def test_a_number_sign_is_not_doubled():
    assert names("order", material(number="#1001"))["number"] == "1001"


def test_a_customer_without_a_name_is_greeted_all_the_same():
    assert names("order", material(customer=None))["greeting"] == "Hello,"


def test_an_order_that_does_not_say_when_it_was_placed_was_placed_when_it_came():
    assert "9:14\u202fAM" in names("order", material(placed_at=None))["placed"]
    with pytest.raises(Unrenderable, match="/order/placed_at: is missing"):
        names("order", material(placed_at=None, received_at=None))


def test_products_show_quantity_name_details_and_amount():
    found = names("products", material())
    assert found["products"] == [(2, "Green tea 100 g", "Item no. TEA-01 · €9.90 each", "€19.80")]
    assert found["sums"] == [("Shipping", "€4.90")]
    assert (found["total"], found["tax_note"]) == ("€24.70", "Prices include tax.")


def test_a_single_piece_does_not_repeat_its_price_and_a_missing_number_leaves_no_gap():
    made = material()
    made.order["lines"][0] |= {"quantity": 1, "sku": None}
    assert names("products", made)["products"] == [(1, "Green tea 100 g", "", "€9.90")]


def test_discount_and_tax_have_their_rows():
    found = names("products", material("long"))
    assert found["sums"][:2] == [("Shipping", "€4.90"), ("Discount (Welcome back)", "-€50.00")]
    lines = sum(number * 1250 for number in range(1, 30)) + 8900
    tax = nearest_formats("en").money(655_000 - (lines + 490 - 5000), "EUR")
    assert found["sums"][2] == ("Tax", tax)
    assert found["tax_note"] == "Prices do not include tax."


def test_no_discount_is_no_row():
    assert len(names("products", material(discount={"price": euros(0)}))["sums"]) == 1
    assert names("products", material(shipping=None, discount={"price": euros(100), "reason": None}))["sums"] == [
        ("Discount", "-€1.00")
    ]


def test_tax_that_comes_to_nothing_is_no_row():
    assert [title for title, _ in names("products", material(prices_include_tax=False))["sums"]] == ["Shipping"]


@pytest.mark.parametrize("sample", ["yen", "dinar", "america"])
def test_every_currency_has_its_own_decimals(sample):
    expected = {"yen": "¥3,600", "dinar": f"KWD{NBSP}12.750", "america": "$20.94"}
    assert names("products", material(sample))["total"] == expected[sample]


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


def test_a_parcel_says_what_is_in_it_and_what_is_still_to_come():
    found = names("parcel", material("long"))
    assert [quantity for quantity, _ in found["contents_rows"]] == [1]
    assert len(found["remaining_rows"]) == 29
    assert found["partial"] is True
    assert (found["carrier"], found["tracking_number"], found["delivered"]) == ("DHL", "00340434161094042557", "")


def test_a_parcel_that_has_arrived_says_when():
    assert names("parcel", material(milestone="order_delivered"))["delivered"].startswith(
        "Thursday, November 26, 2026, 11:32"
    )


def test_the_last_parcel_of_several_does_not_pass_for_the_whole_order():
    made = material("long", "order_delivered", status="partially_delivered")
    made.shipment["remaining"] = []
    assert names("parcel", made)["partial"] is True


@pytest.mark.parametrize("status", ["delivered", "completed"])
def test_an_order_that_has_arrived_is_whole_with_its_last_parcel(status):
    assert names("parcel", material("long", "order_delivered", status=status))["partial"] is False


def test_a_service_is_in_no_parcel():
    made = material()
    made.order["lines"].append(made.order["lines"][0] | {"line": 2, "kind": "service"})
    assert names("parcel", made)["partial"] is False


@pytest.mark.parametrize(
    ("url", "number", "ways"),
    [
        ("https://t.example/1", "1", ["https://t.example/1", "https://shop.example/o/1", "DHL 1"]),
        ("javascript:alert(1)", "1", ["https://shop.example/o/1", "DHL 1"]),
        (7, None, ["https://shop.example/o/1", "DHL"]),
    ],
)
def test_there_is_more_than_one_way_to_follow_a_parcel(url, number, ways):
    made = material()
    made.shipment.update(tracking_url=url, tracking_number=number)
    names("parcel", made)
    assert made.lists["track"] == ways


def test_what_is_missing_is_told_once_each():
    parts = [{"pointer": "/lines/0/quantity"}, {"pointer": "/lines/1/quantity"}, {"pointer": "/customer/phone"}]
    found = names("missing", material(missing=parts))
    assert found["missing_rows"] == ["how many you would like of each product", "your phone number"]


@pytest.mark.parametrize(
    ("section", "changes", "told"),
    [
        ("order", {"number": None}, "/order/number: is missing"),
        ("products", {"lines": []}, "/order/lines: is missing"),
        ("products", {"total": None}, "/order/total: is missing"),
        ("products", {"lines": [{"name": "Tea"}]}, "/order/lines/quantity: is not a whole number"),
        ("addresses", {"billing_address": None}, "/order/billing_address: is missing"),
        ("addresses", {"shipping_address": {"name": "Ada"}}, "/order/shipping_address/line1: is missing"),
        ("delivery", {"estimated_delivery": None}, "/order/estimated_delivery: is missing"),
        ("missing", {"missing": []}, "/order/missing: is missing"),
    ],
)
def test_a_section_without_its_part_of_the_snapshot_is_refused(section, changes, told):
    with pytest.raises(Unrenderable) as caught:
        names(section, material(**changes))
    assert str(caught.value) == told


def test_a_parcel_without_a_shipment_or_with_nothing_in_it_is_refused():
    with pytest.raises(Unrenderable, match=r"^/shipment: is missing"):
        names("parcel", material(milestone="order_incomplete"))
    made = material()
    made.shipment["lines"] = []
    with pytest.raises(Unrenderable, match=r"^/shipment/lines: is missing"):
        names("parcel", made)


def test_a_shop_that_cannot_be_asked_cannot_confirm():
    made = material()
    made.names["contact"] = ""
    with pytest.raises(Unrenderable, match=r"^storefront/contact"):
        names("contact", made)


def test_names_from_the_other_side_are_fenced_in():
    found = names("products", material("right-to-left"))
    assert found["products"][0][1] == "\u2068شاي أخضر 100 غ (عبوة)\u2069"
