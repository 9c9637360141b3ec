"""What pydantic finds wrong, in our words: RFC 6901 pointers, and no value of the caller's quoted back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tidings.kit.fields import MANY_LINES, ONE_LINE
from tidings.kit.problem import Fault

# Pydantic's kinds of error that are told in other words than its own.
_DETAILS: Final = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "string_unicode": "contains characters that are not Unicode text",
}

# The name on a request's state of whoever finds in its body what its schema cannot know.
FAULTS_IN: Final = "faults_in"
# All other patterns stand in a Shape, which has words of its own.
_PATTERNS: Final = {
    ONE_LINE: "contains a line break or another control character",
    MANY_LINES: "contains a control character",
}


def faults_of(errors: Iterable[Mapping[str, Any]], *, root: str | None = "body", at: str = "") -> list[Fault]:
    """Every fault that pydantic lists, with a pointer into the body, or into `/query`, `/path`, `/header`.

    Args:
        errors: pydantic's `errors()`.
        root: the first part of the locations that is left out of pointers; None: none is.
        at: where what was judged stands in the body.
    """
    return [Fault(at + pointer(_location(error["loc"], root)), _detail(error)) for error in errors]


def faults_together(found: Sequence[Fault], later: Iterable[Fault]) -> list[Fault]:
    """What the schema has found, and what was found beside it at other places."""
    told = {fault.pointer for fault in found}
    return [*found, *(fault for fault in later if fault.pointer not in told)]


def pointer(parts: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901) from its parts."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _location(loc: Sequence[str | int], root: str | None) -> Sequence[str | int]:
    return loc[1:] if loc and loc[0] == root else loc


def _detail(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return f"{_DETAILS['extra_forbidden']}: {_shortened(str(error['loc'][-1]))}"
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(error["ctx"]["pattern"], "is not written as the description has it")
    told = _DETAILS.get(error["type"])
    return told or str(error["msg"]).removeprefix("Value error, ")


def _shortened(name: str, most: int = 80) -> str:
    return name if len(name) <= most else f"{name[:most]}…"
