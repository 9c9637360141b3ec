"""Tables for eyes, JSON for programs."""

import json

import pytest

from tidings.cli.printing import aligned, document, show, word

ROWS = [{"name": "tea", "priority": 1, "is_paused": False}, {"name": "coffee", "priority": 10, "is_paused": True}]


def test_columns_stand_below_each_other(capsys: pytest.CaptureFixture[str]):
    show(ROWS, ("name", "priority", "is_paused"))
    assert capsys.readouterr().out.splitlines() == [
        "NAME    PRIORITY  IS PAUSED",
        "tea     1         no",
        "coffee  10        yes",
    ]


def test_a_list_of_nothing_has_its_heads(capsys: pytest.CaptureFixture[str]):
    show([], ("name",))
    assert capsys.readouterr().out == "NAME\n"


def test_json_has_everything(capsys: pytest.CaptureFixture[str]):
    show(ROWS, ("name",), as_json=True)
    assert json.loads(capsys.readouterr().out) == ROWS


def test_a_document_is_printed_in_its_own_letters(capsys: pytest.CaptureFixture[str]):
    document({"street": "Teestraße"})
    assert "Teestraße" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "said"), [(None, "-"), (True, "yes"), ([1, None], "1,-"), ({"a": 1}, '{"a":1}'), ("x", "x"), (0, "0")]
)
def test_every_value_is_a_word(value: object, said: str):
    assert word(value) == said


def test_lines_do_not_end_in_blanks():
    assert aligned([["a", "b"], ["long", ""]]) == ["a     b", "long"]
