# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.templates.cleaning import (
    clean,
    color,
    dialled,
    ink_on,
    isolated,
    link,
    mail_address,
    sentence,
    shortened,
)

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Ada Byron", "Ada Byron"),
        ("  Ada   Byron ", "Ada Byron"),
        ("Ada\r\nBcc: all@example.com", "Ada Bcc: all@example.com"),
        ("Ada\u2028By\u2029ron\u0085x", "Ada By ron x"),
        ("A\x00d\x07a\x1b[31m", "Ada[31m"),
        ("abc\u202edcba\u2066x\u2069", "abcdcbax"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("Cafe\u0301", "Café"),
        ("\ufeffAda\u200b", "Ada"),
        (FAMILY, FAMILY),
        ("\u200fشاي", "\u200fشاي"),
    ],
)
def test_text_becomes_one_visible_line(given_text, expected):
    assert clean(given_text) == expected


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(1, 100))
def test_whatever_comes_in_is_short_printable_and_encodable(text, limit):
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    cleaned.encode("utf-8")
    assert not [char for char in cleaned if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(cleaned)


def test_a_long_text_ends_between_words_if_it_can():
    assert shortened("green tea from the hills", 18) == "green tea from…"
    assert shortened("Donaudampfschifffahrt", 10) == "Donaudamp…"
    assert shortened("tea", 3) == "tea"


def test_an_emoji_is_never_torn():
    assert shortened(f"ab{FAMILY}", 6) == "ab…"
    assert shortened("abcde\u0301fg", 6) == "abcd…"
    assert shortened("👍🏽👍🏽", 2) == "…"


def test_text_against_the_direction_of_the_message_is_fenced_in():
    assert isolated("Ada", right_to_left=False) == "Ada"
    assert isolated("Müller", right_to_left=False) == "Müller"
    assert isolated("שלום", right_to_left=False) == "\u2068שלום\u2069"
    assert isolated("Ada", right_to_left=True) == "\u2068Ada\u2069"
    assert isolated("", right_to_left=True) == ""


@pytest.mark.parametrize("text", ["https://track.example/?a=1&b=ü#x", "http://127.0.0.1:80/x", "HTTPS://track.example"])
def test_web_addresses_are_links(text):
    assert link(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        None, "", "javascript:alert(1)", "JavaScript:alert(1)//https://x", "data:text/html,x", "https://", "https:///x",
        "https://x/ y", "https://x/\ny", 'https://x/"onload="', "https://x/<b>", "//x.example", "https://x/{{ y }}",
        "https://x/\u202e", "https://x/\ud800", "https://x/" + "a" * 2000,
    ],
)  # fmt: skip
def test_nothing_else_is_a_link(text):
    assert link(text) == ""


def test_a_mail_address_can_stand_behind_mailto():
    assert mail_address("help@shop.example") == "help@shop.example"
    assert mail_address("help@shop.example?bcc=x y") == ""
    assert mail_address('"><script>@x') == ""
    assert mail_address(None) == ""


def test_a_phone_number_is_dialled_without_its_typography():
    assert dialled("+49 (30) 555-0100") == "+49305550100"


@pytest.mark.parametrize(
    ("given_color", "expected"),
    [
        ("#1f6f54", "#1f6f54"),
        (" #ABC ", "#AABBCC"),
        (None, "#000000"),
        ("red;background:url(x)", "#000000"),
        ("#12", "#000000"),
    ],
)
def test_a_colour_is_a_colour_or_the_default(given_color, expected):
    assert color(given_color, "#000000") == expected


def test_ink_reads_well_on_its_background():
    assert (ink_on("#000000"), ink_on("#1f6f54"), ink_on("#ffffff"), ink_on("#ffd000")) == (
        "#ffffff", "#ffffff", "#000000", "#000000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""), ("Dented", "Dented."), ("Dented.", "Dented."), ("Dented!", "Dented!"), ("(Dented.)", "(Dented.)"),
        ("(Dented)", "(Dented)."), ("Really?", "Really?"), ("تالفة؟", "تالفة؟"), ("破損。", "破損。"), ("So…", "So…"),
        ("5 🍵", "5 🍵."),
    ],
)  # fmt: skip
def test_a_sentence_has_its_full_stop_once(text, told):
    assert sentence(text, ".") == told
