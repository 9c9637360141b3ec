"""The five templates of the procedure (SOP 5), word for word: what it quotes is what is sent, in its channels."""

import html
import re

import pytest

from tidings.storefronts.kinds import Channel
from tidings.templates import samples
from tidings.templates.segments import untyped

# As the procedure quotes them; what stands in brackets there is filled in from the sample order.
CONFIRMATION = (
    "Thank you for your order #[Order Number]. We have received your order and will update you on its progress."
    " Products: [List Items] Shipping to: [Address] Estimated Delivery: [Date]"
)
DISPATCHED = "Your order #[Order Number] has been dispatched and is on its way! Track your order: [Tracking Link]"
CHANGE = (
    "We have received your request to [modify/cancel] order #[Order Number]."
    " [Details of modification/cancellation and next steps.]"
)
COMPLETION = "Your order #[Order Number] is complete. Thank you for shopping with us! Your invoice/receipt is attached."
ISSUE = "There is an issue with your order #[Order Number]: [Issue Details]. Please contact us for assistance."

LINK = "https://track.example/?piececode=00340434161094042557&lang=de"
# Milestone, channel, what the procedure says, and what its brackets are in the sample order.
QUOTED: list[tuple[str, Channel, str, dict[str, str]]] = [
    ("order_confirmation", "email", CONFIRMATION, {
        "[List Items]": "- 2 x Green tea 100 g", "[Address]": "Ada Byron Invalidenstr. 117 10115 Berlin Germany",
        "[Date]": "Thu, Nov 26 - Sat, Nov 28, 2026"}),
    ("order_confirmation", "sms", CONFIRMATION, {
        "[List Items]": "2x Green tea 100 g.", "[Address]": "Ada Byron, Invalidenstr. 117, 10115 Berlin.",
        "[Date]": "Nov 26 - 28, 2026"}),
    ("order_dispatched", "email", DISPATCHED, {"[Tracking Link]": LINK}),
    ("order_dispatched", "sms", DISPATCHED, {"[Tracking Link]": LINK}),
    ("change_acknowledged", "email", CHANGE, {"[modify/cancel]": "modify"}),
    ("order_completed", "email", COMPLETION, {}),
    ("issue_notification", "email", ISSUE, {"[Issue Details]": "The tin is dented"}),
]  # fmt: skip
_BRACKETS = re.compile(r"\[[^\]]+\]")


def said(templates, milestone: str, channel: Channel, sample: str = "short") -> str:
    """On one line, with plain spaces."""
    rendered = templates.render(samples.request(milestone, channel, "en", sample))
    return " ".join(untyped(rendered.text).split())


def pieces(quoted: str, filled: dict[str, str]) -> list[str]:
    """The quoted words, cut where the message goes on in its own way: after each bracket that is not filled in."""
    for bracket, value in {"[Order Number]": "W-10045", **filled}.items():
        quoted = quoted.replace(bracket, " ".join(untyped(value).split()))
    return [piece.strip() for piece in _BRACKETS.split(quoted) if piece.strip(" .")]


def in_order(text: str, wanted: list[str]) -> bool:
    """Whether the pieces stand in the text one after the other."""
    at = 0
    for piece in wanted:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


# The e-mail has its facts and its goods in tables, between the procedure's words.
LABELS = ("Products:", "Shipping to:", "Estimated Delivery:")


@pytest.mark.parametrize(("milestone", "channel", "quoted", "filled"), QUOTED)
def test_what_the_procedure_quotes_is_sent_word_for_word(templates, milestone, channel, quoted, filled):
    text = said(templates, milestone, channel)
    if (milestone, channel) == ("order_confirmation", "email"):
        sentences, _, _ = quoted.partition(" Products:")
        assert sentences.replace("[Order Number]", "W-10045") in text
        for label, value in zip(LABELS, filled.values(), strict=True):
            assert f"{label} {untyped(value)}" in text
        return
    assert in_order(text, pieces(quoted, filled)), text


@pytest.mark.parametrize("milestone", [milestone for milestone, channel, *_ in QUOTED if channel == "email"])
def test_the_html_part_says_the_same_words(templates, milestone):
    rendered = templates.render(samples.request(milestone, "email", "en"))
    body = " ".join(re.sub(r"<[^>]+>", " ", html.unescape(rendered.html.partition("<body")[2])).split())
    quoted = next(quoted for name, channel, quoted, _ in QUOTED if (name, channel) == (milestone, "email"))
    first = quoted.replace("[Order Number]", "W-10045").replace("[modify/cancel]", "modify").partition(" Products:")[0]
    first = first.replace("[Issue Details]", "The tin is dented").partition(" Track your order:")[0].partition(" [")[0]
    assert first in body


def test_a_cancellation_is_asked_for_in_the_same_words(templates):
    assert "We have received your request to cancel order #W-10045." in said(
        templates, "change_acknowledged", "email", "america"
    )


@pytest.mark.parametrize(
    ("milestone", "words"),
    [
        ("change_acknowledged", "We have received your request to modify your order, number W, 1 0 0 4 5."),
        ("issue_notification", "There is an issue with your order, number W, 1 0 0 4 5: The tin is dented."),
        ("issue_notification", "Please contact us for assistance"),
    ],
)
def test_a_call_says_them_as_they_are_spoken(templates, milestone, words):
    """Where the procedure has a call: the number is read out, letter by letter."""
    assert words in said(templates, milestone, "voice")


def test_next_steps_follow_where_the_procedure_asks_for_them(templates):
    assert "What we will do now is this: The tin is dented." in said(templates, "issue_notification", "email")
    change = said(templates, "change_acknowledged", "email")
    assert "You asked us to change: products and shipping address." in change
    assert "tell you the outcome and the next steps by" in change
