"""Whatever a customer types is shown as they typed it, and does nothing."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.templates.page import Page
from tidings.storefronts.kinds import CHANNELS
from tidings.templates import samples
from tidings.templates.errors import Unrenderable
from tidings.templates.segments import count

NASTY = st.sampled_from(
    [
        "{{ 7*7 }}",
        "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
        "{#",
        "[[ dir ]]",
        "<blocks />",
        "</title><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='x",
        "<!--",
        "-->",
        "]]>",
        "\r\nBcc: all@example.com",
        "\u202e",
        "\u2066",
        "\x00",
        "\ud800",
        "{0}{n}{name}%s",
        "&amp;",
        "شاي",
        "👩\u200d👩\u200d👧",
    ]
)
TEXT = st.builds("".join, st.lists(NASTY | st.text(max_size=20), min_size=1, max_size=4)).map(lambda text: "x" + text)
MILESTONE = st.sampled_from(["order_confirmation", "order_dispatched", "order_delivered", "order_incomplete"])
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def spread(text: str, order: dict, shipment: dict) -> None:
    """Put the text wherever a caller may put text."""
    order["number"] = text
    order["customer"]["name"] = text
    for key in ("billing_address", "shipping_address"):
        order[key] |= {"name": text, "line1": text, "line2": text, "city": text, "region": text, "postal_code": text}
    order["lines"][0] |= {"name": text, "sku": text}
    order["discount"] = {"price": {"amount": 1, "currency": "EUR"}, "reason": text}
    if shipment:
        shipment.update(carrier=text, tracking_number=text, tracking_url=f"https://track.example/{text}")
        shipment["lines"][0]["name"] = text


def sound_skeleton(templates, milestone: str) -> list[tuple[str, frozenset[str]]]:
    made = samples.request(milestone, "email", "en")
    spread("x", made.snapshot["order"], made.snapshot.get("shipment", {}))
    return skeleton(templates.render(made).html)


def skeleton(html: str) -> list[tuple[str, frozenset[str]]]:
    """The page's tags with the names of their attributes."""
    return [(tag, frozenset(attrs)) for tag, attrs in Page(html.partition("<!doctype html>")[2]).tags]


def refusal_of(templates, made) -> str:
    """What is said against it; nothing, if it can be rendered."""
    try:
        templates.render(made)
    except Unrenderable as refusal:
        return str(refusal)
    return ""


@QUICK
@given(TEXT, MILESTONE)
def test_no_text_adds_or_changes_a_tag_of_the_mail(templates, text, milestone):
    made = samples.request(milestone, "email", "en")
    spread(text, made.snapshot["order"], made.snapshot.get("shipment", {}))
    if "shipment" in made.snapshot:
        made.snapshot["shipment"]["tracking_url"] = "https://track.example/x"
    assert skeleton(templates.render(made).html) == sound_skeleton(templates, milestone)


@QUICK
@given(TEXT, MILESTONE, st.sampled_from(CHANNELS), st.sampled_from(["en", "de", "fr", "es"]))
def test_every_message_can_be_encoded_stored_and_sent(templates, text, milestone, channel, locale):
    made = samples.request(milestone, channel, locale)
    spread(text, made.snapshot["order"], made.snapshot.get("shipment", {}))
    rendered = templates.render(made)
    for part in (rendered.subject or "", rendered.text, rendered.html or "", json.dumps(rendered.extras)):
        part.encode("utf-8")
        assert "\x00" not in part
        assert not set("\u202a\u202b\u202d\u202e\u2066\u2067") & set(part)
    assert not set("\r\n") & set(rendered.subject or "")
    if channel == "sms":
        assert count(rendered.text).is_sent


@QUICK
@given(st.text(alphabet=string.ascii_letters + "{}%#*7 .()[]'\"_", min_size=1, max_size=60), st.sampled_from(CHANNELS))
def test_a_customers_braces_are_shown_as_they_were_typed(templates, typed, channel):
    """In a short order nothing has to be shortened, so the name must come out whole."""
    name = " ".join(f"x{typed}x".split())
    made = samples.request("order_confirmation", channel, "en")
    made.snapshot["order"]["lines"][0]["name"] = name
    text = templates.render(made).text
    assert name in text or (channel != "email" and name[:12] in text)


@QUICK
@given(st.sampled_from(["order", "shipment"]), st.data(), MILESTONE)
def test_a_snapshot_of_the_wrong_shape_is_refused_and_never_a_crash(templates, part, data, milestone):
    made = samples.request(milestone, data.draw(st.sampled_from(CHANNELS)), "de")
    target = made.snapshot.get(part, made.snapshot["order"])
    path = [target]
    while isinstance(path[-1], dict) and path[-1]:
        key = data.draw(st.sampled_from(sorted(path[-1])))
        if data.draw(st.booleans()) or not isinstance(path[-1][key], dict):
            path[-1][key] = data.draw(JSON)
            break
        path.append(path[-1][key])
    assert "Ada" not in refusal_of(templates, made)


@pytest.mark.parametrize("digits", [1, 16, 40, 5000])
def test_amounts_out_of_the_ordinary_do_not_stop_the_worker(templates, digits):
    made = samples.request("order_confirmation", "email", "en")
    made.snapshot["order"]["lines"][0]["unit_price"]["amount"] = 10**digits
    assert refusal_of(templates, made) == "" or "ValueError in formats.py" in refusal_of(templates, made)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_no_zone_has_is_refused(templates, at):
    made = samples.request("order_confirmation", "sms", "en")
    made.snapshot["order"]["placed_at"] = at
    with pytest.raises(Unrenderable, match=r"OverflowError in formats\.py"):
        templates.render(made)
