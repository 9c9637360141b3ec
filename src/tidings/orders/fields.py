"""Building blocks of the wire models: bounded texts, days, and fields that an order needs but may lack for a while.

One model serves the strict and the lenient intake: a needed field is optional to the parser, required in the JSON
Schema, and reported as missing by the check.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from tidings.kit import fields
from tidings.kit.fields import ONE_LINE
from tidings.kit.money import MAX_MINOR_UNITS
from tidings.kit.shape import Shape

T = TypeVar("T")

Day = fields.Day
Word = Annotated[str, Field(max_length=60, pattern=ONE_LINE)]
Label = Annotated[str, Field(max_length=100, pattern=ONE_LINE)]
Text = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
Long = Annotated[str, Field(max_length=500, pattern=ONE_LINE)]
Token = Annotated[str, Field(min_length=1, max_length=4096, pattern=ONE_LINE)]

_RATE = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"
TaxRate = Annotated[
    str,
    Shape(_RATE, 'must be a share from 0 to 1 in quotes, such as "0.19"'),
    Field(description="Share of the net price, as a string", examples=["0.07"]),
]

_MAX_ENTRIES = 50
_MAX_KEY = 60
_MAX_VALUE = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > _MAX_ENTRIES:
        kind = "metadata_size"
        raise PydanticCustomError(kind, "has more than 50 entries")
    for name, entry in value.items():
        if not (0 < len(name) <= _MAX_KEY and not _CONTROL.search(name) and _is_plain(entry)):
            kind = "metadata_entry"
            raise PydanticCustomError(
                kind,
                "takes names of up to 60 letters and values that are text of up to 500 letters in one line, a number, "
                "true, false or null",
            )
    return value


def _is_plain(entry: object) -> bool:
    match entry:
        case str():
            return len(entry) <= _MAX_VALUE and not _CONTROL.search(entry)
        case None | bool():
            return True
        case int() | float():
            return -MAX_MINOR_UNITS <= entry <= MAX_MINOR_UNITS
        case _:
            return False


Metadata = Annotated[
    dict[str, Any],
    AfterValidator(_metadata),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": _MAX_ENTRIES,
            "propertyNames": {"minLength": 1, "maxLength": _MAX_KEY, "pattern": ONE_LINE},
            "additionalProperties": {
                "anyOf": [
                    {"type": "string", "maxLength": _MAX_VALUE, "pattern": ONE_LINE},
                    {"type": "number", "minimum": -MAX_MINOR_UNITS, "maximum": MAX_MINOR_UNITS},
                    {"type": "boolean"},
                    {"type": "null"},
                ]
            },
        }
    ),
]


class _NeededMark:
    """Marks a field that an order must have before anything is done for it."""


NEEDED: Final = _NeededMark()
Needed = Annotated[T | None, NEEDED]


class Wire(BaseModel):
    """The root of the wire models: JSON types are taken as they are, unknown fields are refused by name."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        str_strip_whitespace=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    # True for a model of changes: nothing is needed in it.
    is_partial: ClassVar[bool] = False

    @classmethod
    @override
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Needed fields are required, and not null, in what callers send; in answers they may be null."""
        schema = handler(core_schema)
        if handler.mode == "validation" and not cls.is_partial:
            resolved = handler.resolve_ref_schema(schema)
            for name, field in cls.model_fields.items():
                if NEEDED in field.metadata:
                    _require(resolved, field.alias or name)
        return schema


def _require(schema: JsonSchemaValue, name: str) -> None:
    """Turn one property from "null or …" into required."""
    found = schema["properties"][name]
    (kept,) = [option for option in found.pop("anyOf", [found]) if option.get("type") != "null"]
    found.pop("default", None)
    schema["properties"][name] = {**kept, **found}
    if kept.get("type") == "string" and not kept.keys() & {"enum", "format"}:
        schema["properties"][name].setdefault("minLength", 1)
    schema.setdefault("required", []).append(name)


def rate(text: str | None) -> Decimal | None:
    """A tax rate as a number."""
    return None if text is None else Decimal(text)
