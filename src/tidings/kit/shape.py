"""Texts of a certain shape, and what is said of those that have another: in words, because nobody reads patterns."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Shape:
    """Stands in `Annotated` behind `str` and its lengths; the pattern is told to those who read the description."""

    pattern: str
    # What is wrong with a text that does not match: "is not …".
    refusal: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The text as it is judged without its shape, and then its shape."""
        shaped = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type="shape",
            custom_error_message=self.refusal,
        )
        return core_schema.chain_schema([handler(source), shaped])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What the text is, told with its pattern."""
        text = schema["steps"][0] if schema["type"] == "chain" else schema
        return {**handler(text), "pattern": self.pattern}
