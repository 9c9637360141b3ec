"""Texts of a shape."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tidings.kit.faults import faults_of
from tidings.kit.shape import Shape

Code = Annotated[str, Field(min_length=2, max_length=4), Shape(r"^[A-Z]+$", "is not a code in capitals")]


class Asked(BaseModel):
    model_config = ConfigDict(strict=True, str_strip_whitespace=True)

    code: Code
    maybe: Code | None = Field(None, description="If there is one")
    many: list[Code] = []


def details(body: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refusal:
        Asked.model_validate(body)
    return [(fault.pointer, fault.detail) for fault in faults_of(refusal.value.errors())]


def test_another_shape_is_told_in_words_and_all_else_as_ever() -> None:
    assert details({"code": "ab", "maybe": "A1", "many": ["AB", "a-"]}) == [
        ("/code", "is not a code in capitals"),
        ("/maybe", "is not a code in capitals"),
        ("/many/1", "is not a code in capitals"),
    ]
    assert details({"code": "abcde"}) == [("/code", "String should have at most 4 characters")]
    assert details({"code": 7}) == [("/code", "Input should be a valid string")]


def test_what_has_the_shape_is_taken_as_it_is_meant() -> None:
    taken = Asked(code=" AB ", maybe=None, many=["ABC"])
    assert (taken.code, taken.maybe, taken.many) == ("AB", None, ["ABC"])


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_description_has_the_pattern_and_the_lengths(mode: Any) -> None:
    told = {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[A-Z]+$"}
    assert TypeAdapter(Code).json_schema(mode=mode) == told
    properties = TypeAdapter(Asked).json_schema(mode=mode)["properties"]
    assert properties["maybe"]["anyOf"] == [told, {"type": "null"}]
    assert properties["many"]["items"] == told
