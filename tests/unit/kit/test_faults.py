"""Pydantic's findings in our words."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tidings.kit.faults import faults_of, faults_together, pointer
from tidings.kit.fields import MANY_LINES, ONE_LINE
from tidings.kit.problem import Fault


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    quantity: Annotated[int, Field(ge=1)]


class Basket(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=".*")]
    lines: list[Line]

    @field_validator("name")
    @classmethod
    def _kind(cls, value: str) -> str:
        if value == "rude":
            message = "is rude"
            raise ValueError(message)
        return value


def faults(body: object) -> list[Fault]:
    with pytest.raises(ValidationError) as found:
        Basket.model_validate(body)
    return faults_of(found.value.errors())


def test_every_fault_is_told_with_its_pointer() -> None:
    found = faults({"name": "rude", "lines": [{"quantity": 0}, {}], "colour": 1})
    assert {(fault.pointer, fault.detail) for fault in found} == {
        ("/name", "is rude"),
        ("/lines/0/quantity", "Input should be greater than or equal to 1"),
        ("/lines/1/quantity", "is required"),
        ("/colour", "is not a field of this request: colour"),
    }


def test_values_are_not_quoted_back_and_long_names_are_cut() -> None:
    found = faults({"name": ["ada@example.com"], "lines": [], "x" * 100: 1})
    assert "ada@example.com" not in str(found)
    assert found[1].detail == f"is not a field of this request: {'x' * 80}…"


def test_text_that_is_not_unicode_is_told_in_words() -> None:
    assert faults({"name": "\ud800", "lines": []})[0].detail == "contains characters that are not Unicode text"


def test_other_parts_of_a_request_keep_their_place() -> None:
    errors = [
        {"type": "missing", "loc": ("query", "limit"), "msg": ""},
        {"type": "missing", "loc": ("body",), "msg": ""},
    ]
    assert [fault.pointer for fault in faults_of(errors)] == ["/query/limit", ""]


def test_what_was_judged_stands_where_it_is_said_to() -> None:
    errors = [{"type": "missing", "loc": ("body", "limit"), "msg": ""}]
    assert [fault.pointer for fault in faults_of(errors, root=None, at="/settings")] == ["/settings/body/limit"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (ONE_LINE, "contains a line break or another control character"),
        (MANY_LINES, "contains a control character"),
        ("^(a+)+$", "is not written as the description has it"),
    ],
)
def test_no_pattern_is_shown(pattern: str, words: str) -> None:
    error = {"type": "string_pattern_mismatch", "loc": ("body", "x"), "ctx": {"pattern": pattern}, "msg": pattern}
    assert faults_of([error]) == [Fault("/x", words)]


def test_of_one_place_the_schema_has_the_word() -> None:
    schema, later = [Fault("/url", "is too long")], [Fault("/url", "is not https"), Fault("/types/0", "is no event")]
    assert faults_together(schema, later) == [schema[0], later[1]]


def test_pointers_are_escaped() -> None:
    assert pointer(["a/b", 0, "~"]) == "/a~1b/0/~0"
