import pytest

from tidings.templates import samples
from tidings.templates.contents import DEMANDS, untold

CONFIRMED = ("number", "placed", "products", "shipping_address", "billing_address", "delivery", "contact")


@pytest.fixture
def material(templates):
    return templates.material(samples.request("order_confirmation", "email", "en"))


def test_a_whole_message_meets_all_demands(templates, material):
    text = templates.render(samples.request("order_confirmation", "email", "en")).text
    assert (
        untold(
            text,
            ["number", "placed", "products", "shipping_address", "billing_address", "delivery", "contact"],
            material,
        )
        == []
    )


@pytest.mark.parametrize(
    ("taken", "demand"),
    [
        ("W-10045", "number"), ("9:14", "placed"), ("Green tea", "products"), ("€19.80", "products"),
        ("10115", "shipping_address"), ("Thu, Nov 26", "delivery"), ("5550100", "contact"),
    ],
)  # fmt: skip
def test_what_is_taken_out_is_missed(templates, material, taken, demand):
    text = templates.render(samples.request("order_confirmation", "email", "en")).text
    assert demand in untold(
        text.replace(taken, ""),
        CONFIRMED,
        material,
    )


def test_a_text_message_is_held_to_less(templates, material):
    text = templates.render(samples.request("order_confirmation", "sms", "en")).text
    demands = ["number", "products", "shipping_address", "delivery", "contact"]
    assert untold(text, demands, material, shortly=True) == []
    assert untold(text.replace("2x Green", "Green"), demands, material, shortly=True) == ["products"]
    assert set(untold(text, demands, material)) >= {"products", "delivery", "contact"}


def test_a_demand_that_nobody_knows_is_passed_over(material):
    assert "colour" not in DEMANDS
    assert untold("", ["colour"], material) == []
