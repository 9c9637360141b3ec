import pytest
from jinja2.exceptions import SecurityError

from tidings.templates import samples
from tidings.templates.compiling import Allowance, Scene, compile_html, compile_text, compile_words
from tidings.templates.editions import Edition, Layout, digest_of
from tidings.templates.errors import Unrenderable

LAYOUT = Layout(
    ltr="<p>{{ number }} from the left</p>", rtl="<p>{{ number }} from the right</p>", text="No. {{ number }}"
)
WORDS = {"en": {"sms": {"text": "Hooray, {{ number }}"}}}


def rendered(templates, edition, channel="sms", locale="en"):
    return templates.render(samples.request("order_confirmation", channel, locale), edition)


def test_an_edition_words_what_it_has_words_for_and_leaves_the_rest_as_built_in(templates):
    edition = Edition("order_confirmation", 107, WORDS)
    own, built_in = rendered(templates, edition), templates.render(samples.request("order_confirmation", "sms", "de"))
    assert (own.text, own.version, own.locale) == ("Hooray, W-10045", 107, "en")
    assert rendered(templates, edition, locale="de").text == built_in.text
    assert (
        rendered(templates, edition, "push").text
        == templates.render(samples.request("order_confirmation", "push", "en")).text
    )


def test_a_layout_of_its_own_is_the_email_of_every_language_in_its_direction(templates):
    edition = Edition("order_confirmation", 107, WORDS, LAYOUT)
    english, arabic = rendered(templates, edition, "email"), rendered(templates, edition, "email", "ar")
    assert (english.html, english.text) == ("<p>W-10045 from the left</p>", "No. W-10045\n")
    assert arabic.html == "<p>\u2068W-10045\u2069 from the right</p>"
    assert arabic.subject == templates.render(samples.request("order_confirmation", "email", "ar")).subject


def test_it_is_compiled_once_for_each_language_and_channel(templates):
    edition = Edition("order_confirmation", 107, WORDS)
    pieces = templates.pieces("order_confirmation", "en", "sms", edition)
    assert templates.pieces("order_confirmation", "en", "sms", edition) is pieces
    assert templates.pieces("order_confirmation", "en", "email", edition) is not pieces


def test_what_does_not_compile_is_unrenderable(templates):
    with pytest.raises(Unrenderable, match="cannot be compiled"):
        rendered(templates, Edition("order_confirmation", 107, {"en": {"sms": {"text": "{{ number"}}}))


@pytest.mark.parametrize("compiled", [compile_words, compile_text, compile_html])
def test_an_allowance_ends_what_would_not_end(compiled):
    endless = "{% for a in rows %}{% for b in rows %}{% for c in rows %}{{ a }}{% endfor %}{% endfor %}{% endfor %}"
    scene = Scene({"rows": ["x" * 10] * 1000})
    for allowance, told in ((Allowance(5000, 60), "more than 5000 letters"), (Allowance(10**12, 0.05), "0.05 seconds")):
        with pytest.raises(Exception, match=told):
            compiled(endless, "here", allowance)(scene)
    assert compiled("{{ n }}", "here", Allowance(10, 1))(Scene({"n": "0123456789"})) == "0123456789"


@pytest.mark.parametrize("compiled", [compile_words, compile_text, compile_html])
def test_an_allowance_ends_what_goes_on_for_hours_and_says_nothing(compiled):
    silent = "{% for t in sums %}" + "{% for a in t %}" * 5 + "{% endfor %}" * 6
    scene = Scene({"sums": ["x" * 200]})
    with pytest.raises(SecurityError, match=r"takes more than 0\.05 seconds of work"):
        compiled(silent, "here", Allowance(5000, 0.05))(scene)


def test_an_allowance_takes_nothing_from_what_is_said():
    source = "{% for a in rows %}{% if a %}{{ a }};{% endif %}{% endfor %}"
    scene = Scene({"rows": ["x", "", "y"]})
    assert compile_words(source, "here", Allowance(10, 60))(scene) == compile_words(source, "here")(scene) == "x;y;"


def test_the_same_words_have_the_same_digest():
    one = digest_of("order_confirmation", {"en": {"sms": {"text": "x"}}, "de": {}}, None)
    assert one == digest_of("order_confirmation", {"de": {}, "en": {"sms": {"text": "x"}}}, None)
    assert one != digest_of("order_completed", {"en": {"sms": {"text": "x"}}, "de": {}}, None)
    assert len(one) == 64


def test_a_layout_is_stored_and_read_again():
    assert Layout.of(LAYOUT.stored()) == LAYOUT
