from importlib.resources import files
from pathlib import Path

import pytest

from tidings.adapters.pdf.glyphs import code_points, covered, printable
from tidings.adapters.pdf.typesetting import FONT_PACKAGES

LETTERS = frozenset(map(ord, "abc äöü□é")) - {ord(" ")} | {ord(" ")}


@pytest.fixture(scope="module")
def fonts() -> dict[str, Path]:
    return {
        path.name: path
        for package in FONT_PACKAGES
        for path in Path(str(files(package))).iterdir()
        if path.suffix in {".ttf", ".otf"}
    }


def test_the_letters_of_a_font_are_read_from_it(fonts: dict[str, Path]) -> None:
    latin = code_points(next(path for name, path in fonts.items() if name.startswith("NotoSans[")))
    assert {ord(letter) for letter in "aÄłŞ€Ωя"} <= latin
    assert ord("ش") not in latin
    japanese = code_points(fonts["NotoSansCJKjp-Regular.otf"])
    assert {ord(letter) for letter in "あ茶한𠮷"} <= japanese


def test_what_is_worded_has_its_letters(fonts: dict[str, Path]) -> None:
    letters = covered(fonts.values())
    for path in Path(str(files("tidings.documents"))).joinpath("words").glob("*.toml"):
        missing = {letter for letter in path.read_text("utf-8") if ord(letter) not in letters and letter != "\n"}
        assert not missing, path.name


def test_a_letter_without_a_picture_is_a_box_and_marks_without_one_are_left_out() -> None:
    assert printable("a\u0431", LETTERS) == "a□"
    assert printable("a\u202eb\x00c\u0301", LETTERS) == "abc"
    assert printable("e\u0301", LETTERS) == "é"
    assert printable("a\u200eb", LETTERS) == "a\u200eb"
    assert printable("a\u2009b", LETTERS) == "a b"


def test_lists_and_tables_are_gone_through_and_figures_are_left_alone() -> None:
    assert printable({"a": ["\u0431", ("\u0431", 1)], "b": None}, LETTERS) == {"a": ["□", ["□", 1]], "b": None}
