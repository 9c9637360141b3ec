"""What is read out, and by whom."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from tests.clock import FixedClock
from tidings.adapters.voice.twilio_script import markup, spoken_by
from tidings.delivery.ports import Content, Outgoing


def outgoing(text: str, locale: str = "en-US", **extras: object) -> Outgoing:
    content = Content(text, extras=extras)
    return Outgoing("att_1", "msg_1", "ord_1", "voice", "+49", content, locale, "https://x", FixedClock().now())


def test_it_is_what_the_vendors_own_package_would_write():
    theirs = VoiceResponse()
    theirs.say("Order 17 & 18 <ready>", voice="Polly.Joanna", language="en-US")
    assert markup(outgoing("Order 17 & 18 <ready>"), {}) == str(theirs)


@pytest.mark.parametrize(
    ("locale", "voices", "spoken"),
    [
        ("de-DE", {}, ("de-DE", "Polly.Vicki")),
        ("de_CH", {}, ("de-DE", "Polly.Vicki")),
        ("en-GB", {}, ("en-GB", "Polly.Amy")),
        ("en", {}, ("en-US", "Polly.Joanna")),
        ("pt-BR", {}, ("pt-BR", "Polly.Camila")),
        ("ar-EG", {}, ("arb", "Polly.Zeina")),
        ("xx", {}, ("en-US", "Polly.Joanna")),
        ("de-DE", {"de": "Polly.Marlene"}, ("de-DE", "Polly.Marlene")),
        ("de-DE", {"de-DE": "Polly.Hans", "de": "Polly.Marlene"}, ("de-DE", "Polly.Hans")),
        ("fr-FR", {"de": "Polly.Marlene"}, ("fr-FR", "Polly.Lea")),
    ],
)
def test_a_language_has_its_voice(locale, voices, spoken):
    assert spoken_by(locale, voices) == spoken


def test_words_in_another_language_than_the_customers_are_read_in_theirs():
    assert 'language="de-DE"' in markup(outgoing("Guten Tag", "fi-FI", language="de"), {})
    assert 'language="en-GB"' in markup(outgoing("Good day", "en-GB", language="en"), {})


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_whatever_is_said_is_well_formed_and_says_it(text):
    said = ET.fromstring(markup(outgoing(text), {})).find("Say")  # noqa: S314 - our own words
    assert said is not None
    kept = [letter for letter in text if letter.isalnum()]
    assert [letter for letter in said.text or "" if letter.isalnum()] == kept
