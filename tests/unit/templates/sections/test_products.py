# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
import pytest

from tests.unit.templates.making import material, names
from tidings.templates.formats import nearest_formats

NBSP = "\u00a0"


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


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


def test_names_from_the_other_side_are_fenced_in():
    found = names("products", material("right-to-left"))
    assert found["products"][0][1] == "\u2068شاي أخضر 100 غ (عبوة)\u2069"


def test_an_order_that_ended_before_it_was_complete_shows_what_is_known():
    assert names("known_products", material())["shows_products"] is True
    assert names("known_products", material(lines=None))["shows_products"] is False
