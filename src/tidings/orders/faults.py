"""What the parser refuses, in our words and with pointers; and the rest of the order, so that it can be checked too."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import ErrorDetails, from_json

from tidings.kit.faults import pointer
from tidings.kit.problem import Fault
from tidings.orders.findings import REQUIRED

Location = Sequence[int | str]

# The one list whose entries are judged one by one.
_LINES: Final = "lines"

# Kinds of errors whose own words are about Python, or say less than can be said; filled in from the context.
_WORDS: Final[Mapping[str, str]] = {
    "extra_forbidden": "is not a field that is known here",
    "missing": REQUIRED,
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "json_invalid": "is not JSON: {error}",
    "string_pattern_mismatch": "contains a control character, which no name, number or address has",
    "string_too_long": "is longer than {max_length} letters",
    "too_long": "has more than {max_length} entries",
    "literal_error": "must be {expected}",
}


def fault_of(error: ErrorDetails) -> Fault:
    """One error of the parser as a fault."""
    return Fault(pointer(error["loc"]), _words(error))


def _words(error: ErrorDetails) -> str:
    words = _WORDS.get(error["type"])
    return words.format_map(error.get("ctx", {})) if words is not None else _plain(error["msg"])


def _plain(message: str) -> str:
    """Pydantic's "Input should be …" and "Value error, …" without their beginnings."""
    for beginning, instead in (("Input should be ", "must be "), ("Value error, ", ""), ("String should ", "must ")):
        if message.startswith(beginning):
            return instead + message.removeprefix(beginning)
    return message


def without(raw: bytes, errors: Iterable[ErrorDetails]) -> bytes | None:
    """The document without what was refused in it, so that everything else can be judged at the same time.

    Returns:
        None when there is no rest: no JSON, or not an object.
    """
    locations = [_removable(error) for error in errors]
    if not all(locations):
        return None
    # The parser's own reader: it takes whatever the parser has taken, whole numbers of any length included.
    document = from_json(raw)
    for location in locations:
        _remove(document, location)
    return json.dumps(document).encode()


def _removable(error: ErrorDetails) -> Location:
    """What has to go so that the parser takes the rest: half a price is none, one bad device spoils the list."""
    location = error["loc"]
    if error["type"] == "missing":
        location = location[:-1]
    while location and isinstance(location[-1], int) and location[0] != _LINES:
        location = location[:-1]
    return location


def _remove(document: Any, location: Location) -> None:
    *path, last = location
    try:
        for part in path:
            document = document[part]
        if isinstance(document, list):
            # Something must stand there, or the lines behind it would be told of under the wrong number.
            document[int(last)] = {}
        else:
            del document[last]
    except (LookupError, TypeError):
        # It has gone with something that it was a part of.
        return


def untold(faults: Iterable[Fault], told: Iterable[str]) -> list[Fault]:
    """Those faults of which nothing has been told: neither of their place, nor of a part of it or what it is part of.

    Args:
        faults: found by looking at the rest.
        told: pointers; a body may be refused in a hundred thousand places.
    """
    places = set(told)
    wholes = {whole for place in places for whole in _wholes(place)}
    return [
        fault
        for fault in faults
        if fault.pointer not in wholes and places.isdisjoint((fault.pointer, *_wholes(fault.pointer)))
    ]


def _wholes(place: str) -> Iterator[str]:
    """What a place is a part of: `/a` and the document itself of `/a/b`."""
    while place:
        place = place.rpartition("/")[0]
        yield place
