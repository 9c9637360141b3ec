# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.templates.segments import MOST, Segments, count, cut, fold, untyped

# providers.md 1.11, cross-checked with Twilio's own calculator.
VECTORS = [
    ("a" * 160, "GSM-7", 1),
    ("a" * 161, "GSM-7", 2),
    ("a" * 306, "GSM-7", 2),
    ("a" * 307, "GSM-7", 3),
    ("€" * 80, "GSM-7", 1),
    ("€" * 81, "GSM-7", 2),
    ("a" * 152 + "€" + "b" * 152, "GSM-7", 3),
    ("ж" * 70, "UCS-2", 1),
    ("ж" * 71, "UCS-2", 2),
    ("ж" * 134, "UCS-2", 2),
    ("ж" * 135, "UCS-2", 3),
    ("😀" * 35, "UCS-2", 1),
    ("😀" * 36, "UCS-2", 2),
    ("ж" * 66 + "😀" + "ж" * 66, "UCS-2", 3),
    ("It’s", "UCS-2", 1),
    ("a" * 159 + "’", "UCS-2", 3),
    ("Ç", "GSM-7", 1),
    ("ç", "UCS-2", 1),
    ("á", "UCS-2", 1),
    ("", "GSM-7", 1),
]


@pytest.mark.parametrize(("text", "encoding", "segments"), VECTORS)
def test_segments_are_counted_as_the_networks_count_them(text, encoding, segments):
    assert count(text) == Segments(encoding, segments)


def test_an_escape_pair_that_just_fits_is_not_moved_on():
    assert count("a" * 151 + "€" + "b" * 153) == Segments("GSM-7", 2)


@given(st.text(alphabet="aé€ж😀\n", max_size=400))
def test_one_more_character_never_takes_fewer_segments(text):
    assert count(text + "a").segments >= count(text).segments


def test_typography_alone_does_not_make_a_message_twice_as_dear():
    assert fold("“It’s” – 9–17…\u00a0x\u202f2 × 3") == '"It\'s" - 9-17... x 2 x 3'


def test_a_message_that_needs_ucs2_anyway_keeps_its_typography():
    assert fold("“чай” – It’s") == "“чай” – It’s"


@given(st.text(max_size=100))
def test_folding_never_costs_more(text):
    assert count(fold(text)).segments <= count(text).segments
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(("letter", "most"), [("a", 612), ("ж", 402)])
def test_what_fits_is_not_cut(letter, most):
    assert cut(letter * most) == letter * most
    assert cut(letter * (most + 1)) == letter * (most - 3) + "..."


@given(st.text(alphabet="a €ж😀", min_size=1, max_size=1000))
def test_a_cut_message_fits_and_is_a_beginning(text):
    shorter = cut(text)
    found = count(shorter)
    assert found.is_sent
    assert found.segments <= MOST[found.encoding]
    assert shorter == text or text.startswith(shorter.removesuffix("..."))


def test_letters_that_come_too_late_do_not_make_it_longer():
    assert cut("a" * 612 + "ж" * 100) == "a" * 609 + "..."
    assert cut("a" * 500 + "ж" + "a" * 500) == "a" * 500 + "..."


def test_accents_are_left_out_only_where_that_saves_a_part():
    letters = str.maketrans({"ą": "a", "ó": "o"})
    short, long = "są gó", "są gó, " * 12
    assert fold(short, letters) == short
    assert fold(long, letters) == "sa go, " * 12
    assert fold(long + "🍵", letters) == long + "🍵"
    assert fold(long) == long


def test_typography_is_written_plainly():
    assert untyped("„Tea“ – 5…") == '"Tea" - 5...'
