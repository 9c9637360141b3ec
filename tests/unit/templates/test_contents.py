import pytest

from tidings.templates import samples
from tidings.templates.catalogue import read
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


@pytest.mark.parametrize("locale", sorted(read().labels))
@pytest.mark.parametrize("sample", ["short", "britain"])
@pytest.mark.parametrize(("channel", "how"), [("sms", "shortly"), ("voice", "aloud")])
def test_a_text_message_and_a_call_tell_all_six_in_every_language(templates, channel, how, sample, locale):
    """Where both addresses are the same, and where they are not."""
    request = samples.request("order_confirmation", channel, locale, sample)
    assert untold(templates.render(request).text, CONFIRMED, templates.material(request), how) == []


@pytest.mark.parametrize(
    ("sample", "taken", "demand"),
    [
        ("short", "9:14", "placed"), ("short", "Nov 23", "placed"), ("short", "the same address", "billing_address"),
        ("britain", "Invalidenstr. 117", "billing_address"), ("britain", "SW1Y", "shipping_address"),
        ("short", "2x Green", "products"),
    ],
)  # fmt: skip
def test_what_is_taken_out_of_a_text_message_is_missed(templates, sample, taken, demand):
    request = samples.request("order_confirmation", "sms", "en", sample)
    text = templates.render(request).text
    assert taken in text
    assert untold(text.replace(taken, ""), CONFIRMED, templates.material(request), "shortly") == [demand]


def test_a_call_is_held_to_what_is_spoken(templates):
    request = samples.request("order_confirmation", "voice", "en")
    text = templates.render(request).text
    for taken, demand in (("W, 1 0", "number"), ("Monday", "placed"), ("the same address", "billing_address")):
        assert untold(text.replace(taken, ""), CONFIRMED, templates.material(request), "aloud") == [demand]


def test_a_text_message_is_held_to_less(templates, material):
    text = templates.render(samples.request("order_confirmation", "sms", "en")).text
    assert set(untold(text, CONFIRMED, material)) >= {"placed", "products", "delivery", "contact"}


def test_a_demand_that_nobody_knows_is_passed_over(material):
    assert "colour" not in DEMANDS
    assert untold("", ["colour"], material) == []
