"""Building blocks of wire models: bounded texts without control characters, and instants in the one form we take."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tidings.kit.shape import Shape

# A line break in an address would end up in a mail header, a NUL in Postgres's refusal.
ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
MANY_LINES: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Label = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]
Prose = Annotated[str, Field(min_length=1, max_length=10_000, pattern=MANY_LINES)]
Country = Annotated[
    str, Shape(r"^[A-Z]{2}$", "is not an ISO 3166-1 code of two capital letters, such as DE"), Field(examples=["DE"])
]
WebAddress = Annotated[
    str, Field(max_length=500), Shape(r"^https://[^\s\x00-\x1f\x7f]+$", "is not an https address without spaces")
]
# An e-mail address. The pattern is for those who read the description: what is stored is read whatever it is, and what
# is asked for is judged by kit.addresses, which says what is wrong with it.
MailText = Annotated[
    str, Field(max_length=254, json_schema_extra={"pattern": r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"})
]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
# Room for any offset on both sides of what Postgres and Python can hold.
_YEARS = range(1970, 9999)


def _instant(value: object) -> object:
    if not (isinstance(value, str) and _INSTANT.fullmatch(value) and int(value[:4]) in _YEARS):
        kind = "instant"
        raise PydanticCustomError(kind, "is not an RFC 3339 time with an offset, such as 2026-11-23T09:14:07+01:00")
    return value


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _day(value: object) -> object:
    if not (isinstance(value, str) and _DAY.fullmatch(value) and int(value[:4]) >= _YEARS.start):
        kind = "day"
        raise PydanticCustomError(kind, "is not a date, such as 2026-11-26")
    return value


# Parsed leniently, but only once the text has the one form that is taken.
Day = Annotated[date, Field(strict=False), BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_instant)]


class Asked(BaseModel):
    """The root of request bodies: unknown fields are refused by name, and nothing is taken for what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)
