import json

import pytest

from tests.fixtures.templates import CATALOGUE, EMAIL, SMS, WORDING, built_in_layout, built_in_words
from tidings.templates import samples
from tidings.templates.checks.examine import Version, edition_of, examine, report_json
from tidings.templates.errors import Unrenderable


def found(templates, wording, layout=None, milestone="order_confirmation") -> list[tuple[str, str]]:
    return [(flaw.pointer, flaw.detail) for flaw in examine(templates, Version(milestone, 101, wording, layout)).faults]


def test_sound_words_pass_and_their_layout_is_made_ready(templates):
    report = examine(templates, Version("order_confirmation", 101, WORDING, built_in_layout()))
    assert report.faults == []
    assert report.layout is not None
    assert json.loads(json.dumps(report_json(report)))["layout"] == report.layout.stored()


@pytest.mark.parametrize("milestone", sorted(CATALOGUE.milestones))
def test_what_is_built_in_would_pass_as_a_shops_own(templates, milestone):
    """In a few languages: lint has looked at all of them."""
    wording = {locale: dict(CATALOGUE.milestones[milestone].wording[locale]) for locale in ("en", "ja", "ar")}
    assert found(templates, wording, milestone=milestone) == []


def test_nothing_is_no_version(templates):
    assert found(templates, {}) == [
        ("/wording", "has nothing in it: say something in one language and channel at least")
    ]


@pytest.mark.parametrize("locale", sorted(CATALOGUE.labels))
@pytest.mark.parametrize("channel", ["sms", "voice"])
@pytest.mark.parametrize(
    ("content", "in_sms", "in_voice"),
    [
        ("number", "number", "number_spoken"),
        ("placed", "placed_short", "placed_spoken"),
        ("products", "items", "items"),
        ("shipping_address", "address", "address"),
        ("billing_address", "billing", "billing"),
        ("delivery", "delivery_short", "delivery_spoken"),
        ("contact", "contact", "contact_spoken"),
    ],
)
def test_each_mandatory_content_is_missed_in_each_language(templates, locale, content, in_sms, in_voice, channel):
    words = built_in_words("order_confirmation", locale, channel)
    text = words["text"].replace(f"{{{{ {in_sms if channel == 'sms' else in_voice} }}}}", "")
    assert text != words["text"]
    assert (f"/wording/{locale}/{channel}", f"does not tell {content}") in found(
        templates, {locale: {channel: {"text": text}}}
    )


def test_who_says_that_both_addresses_are_the_same_must_look(templates):
    words = SMS["text"].replace("{{ billing }}", "the same address")
    assert found(templates, {"en": {"sms": {"text": words}}}) == [("/wording/en/sms", "does not tell billing_address")]


@pytest.mark.parametrize(
    ("milestone", "name", "content"),
    [
        ("order_dispatched", "track", "track"),
        ("issue_notification", "next_steps", "next_steps"),
        ("issue_notification", "contact", "contact"),
        ("change_acknowledged", "answer_by_short", "answer_by"),
        ("order_completed", "number", "number"),
    ],
)
def test_other_milestones_have_facts_of_their_own(templates, milestone, name, content):
    text = built_in_words(milestone, "en", "sms")["text"].replace(f"{{{{ {name} }}}}", "")
    assert ("/wording/en/sms", f"does not tell {content}") in found(
        templates, {"en": {"sms": {"text": text}}}, None, milestone
    )


def test_a_name_that_only_some_orders_have_is_asked_for(templates):
    words = {"en": {"voice": {"text": "Order {{ number_spoken }}: {{ total_spoken }}, {{ delivery_spoken }}."}}}
    assert found(templates, words, milestone="change_decided") == [
        ("/wording/en/voice", f"cannot be rendered with the sample order {sample!r}: '{name}' is undefined")
        for sample, name in _undefined(templates, words)
    ]


def _undefined(templates, words):
    """What is undefined in which sample order, as rendering itself says."""
    edition = edition_of(templates, Version("change_decided", 101, words))
    for sample in samples.SAMPLES:
        try:
            templates.render(samples.request("change_decided", "voice", "en", sample), edition)
        except Unrenderable as refusal:
            yield sample, refusal.reason.split("'")[1]


def test_a_text_message_that_is_too_long_is_refused_and_one_that_may_be_is_told(templates):
    long = {"text": SMS["text"] + " We are so very glad that you came to us, and hope that you will come again." * 6}
    wrong = found(templates, {"en": {"sms": long}})
    assert any(detail.endswith("segments with a plain order; at most 4 are sent") for _, detail in wrong)
    assert {pointer for pointer, _ in wrong} == {"/wording/en/sms"}
    wordy = {"text": SMS["text"] + " We are so very glad that you came to us, and hope that you will come again." * 3}
    costly = examine(templates, Version("order_confirmation", 101, {"en": {"sms": wordy}}))
    assert "is cut after 6 segments with the sample order 'emoji'" in [warning.detail for warning in costly.warnings]


def test_letters_that_make_it_dear_are_told(templates):
    report = examine(templates, Version("order_confirmation", 101, {"en": {"sms": {"text": SMS["text"] + " ☕"}}}))
    (first, *_) = report.warnings
    assert (first.pointer, first.detail) == ("/wording/en/sms/text", "costs twice as much because of ☕")


@pytest.mark.parametrize(
    ("wording", "pointer", "told"),
    [
        ({"en": {"email": EMAIL | {"subject": " "}}}, "/wording/en/email/subject", "is empty"),
        ({"en": {"email": EMAIL | {"paragraphs": ["{{ x }}"]}}}, "/wording/en/email/paragraphs/0", "names x, which"),
        ({"en": {"push": {"title": "{name}", "body": "b"}}}, "/wording/en/push", "has a brace left in it"),
        (
            {"en": {"email": EMAIL | {"subject": "{% if remaining %}x{% endif %}"}}},
            "/wording/en/email/subject",
            "names",
        ),
        (
            {"en": {"email": EMAIL | {"subject": "{% if banner %}x{% endif %}"}}},
            "/wording/en/email",
            "comes to nothing",
        ),
    ],
)
def test_words_are_looked_at_one_by_one(templates, wording, pointer, told):
    assert any(where == pointer and told in what for where, what in found(templates, wording))


def test_what_is_not_sound_can_only_be_looked_at_as_far_as_it_is_safe(templates):
    assert edition_of(templates, Version("order_confirmation", 101, {"en": {"sms": {"text": "{{ number }}"}}}))
    with pytest.raises(Unrenderable, match="may not use"):
        edition_of(templates, Version("order_confirmation", 101, {"en": {"sms": {"text": "{{ number.x }}"}}}))
