"""Texts that a shop's own data and rules are made of, each of its shape."""

from typing import Annotated, Final

from pydantic import Field

from tidings.kit.fields import ONE_LINE
from tidings.kit.shape import Shape

Line = Annotated[str, Field(min_length=1, max_length=300, pattern=ONE_LINE)]
Staff = Annotated[
    str,
    Shape(r"^staff/[A-Za-z0-9._-]{1,64}$", "is not staff/ and up to 64 letters, digits, . _ and -"),
    Field(examples=["staff/anna"]),
]
Prefix = Annotated[
    str,
    Field(max_length=16),
    Shape(r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", "takes letters, digits, . _ / and -, a letter or digit first"),
]
SalesChannel = Annotated[
    str, Shape(r"^[a-z][a-z0-9_-]{0,39}$", "takes up to 40 small letters, digits, _ and -, a letter first")
]
Color = Annotated[str, Shape(r"^#[0-9a-fA-F]{6}$", "is not a colour, such as #0a6640")]
Phone = Annotated[
    str,
    Field(max_length=40),
    Shape(r"^[+0-9][0-9 ()/.-]+$", "is not a phone number: + or a digit, then digits, spaces, ( ) / . and -"),
]
VatId = Annotated[
    str,
    Shape(
        r"^[A-Z]{2}[A-Z0-9+*]{2,13}$",
        "is not a VAT number: a country's two capital letters, then 2 to 13 capital letters and digits",
    ),
]
# Of an API key; who may be called so is judged beside it.
PRINCIPAL: Final = Shape(
    r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$", "takes up to 64 letters, digits, . _ / and -, a letter or digit first"
)
