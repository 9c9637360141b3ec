"""Building blocks of wire models."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidings.kit.fields import Asked, Instant, Label, Prose


class Note(Asked):
    at: Instant | None = None
    title: Label = "title"
    text: Prose = "text"
    count: int = 0


@pytest.mark.parametrize(
    "at",
    ["2026-11-23T09:14:07+01:00", "2026-11-23T08:14:07Z", "2026-11-23T08:14:07.123456Z", "1970-01-01T00:00:00-12:00"],
)
def test_instants_have_an_offset(at: str) -> None:
    note = Note.model_validate({"at": at})
    assert note.at is not None
    assert note.at.utcoffset() is not None


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-23",
        "2026-11-23T09:14:07",
        "2026-11-23 09:14:07Z",
        1_795_446_600,
        "1795446600",
        "1969-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-23T25:00:00Z",
        "\u0662026-11-23T08:14:07Z",
        True,
    ],
)
def test_anything_else_is_no_instant(at: object) -> None:
    with pytest.raises(ValidationError):
        Note.model_validate({"at": at})


def test_blanks_around_texts_are_taken_off() -> None:
    assert Note.model_validate({"title": "  a  b "}).title == "a  b"


@pytest.mark.parametrize(
    "note",
    [
        {"title": ""}, {"title": "   "}, {"title": "a\nb"}, {"title": "a\x00"}, {"title": "x" * 201}, {"text": "a\x00"},
        {"text": "a\x1b[31m"}, {"text": "x" * 10_001}, {"count": "1"}, {"count": 1.0}, {"other": 1},
    ],
)  # fmt: skip
def test_texts_are_bounded_and_nothing_is_taken_for_what_it_is_not(note: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Note.model_validate(note)


def test_prose_may_have_lines() -> None:
    assert Note.model_validate({"text": "a\n\tb"}).text == "a\n\tb"
