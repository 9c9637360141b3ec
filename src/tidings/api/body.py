"""What is wrong with a body before any model sees it. Pure: bytes in, problems out; quick for what is all right."""

import json
import re
from typing import Any, Final, NoReturn

from pydantic_core import from_json

from tidings.api.errors import MalformedBody, UnsupportedMediaType
from tidings.kit.problem import InvalidInput
from tidings.kit.storable import unstorable

# Under so many brackets, a body cannot be nested deeper than its parser goes.
_BRACKETS: Final = 200
# Escapes of NUL and of surrogates, of which halves are nothing: no column can hold them.
_ESCAPES: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def check_media_type(content_type: bytes | None, coding: bytes | None) -> None:
    """Refuse what is not JSON in UTF-8 as it stands.

    Raises:
        UnsupportedMediaType: of another type, charset or content coding.
    """
    if coding is not None and coding.strip().lower() not in {b"", b"identity"}:
        raise UnsupportedMediaType
    if content_type != b"application/json" and not _is_json(content_type or b""):
        raise UnsupportedMediaType


def _is_json(content_type: bytes) -> bool:
    kind, *parameters = [part.strip().lower() for part in content_type.split(b";")]
    charsets = [value.strip(b'" ') for name, _, value in (p.partition(b"=") for p in parameters) if name == b"charset"]
    named = kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))
    return named and all(charset in {b"utf-8", b"utf8"} for charset in charsets)


def check_json(body: bytes, *, parsed_with_limits: bool = False, judged_apart: bool = False) -> None:
    """Refuse what no model would notice and no database can keep.

    Args:
        body: the whole body.
        parsed_with_limits: the route's own parser bounds the depth and the figures by itself.
        judged_apart: the route looks at each item by itself, so that one that cannot be kept harms no other.

    Raises:
        MalformedBody: it is not UTF-8, not JSON, or nested too deeply.
        InvalidInput: NUL characters, lone surrogates or figures that are none, each with its place.
    """
    # Each look is a search for one byte as far as it can be: this is on the way of every order.
    if b"\x00" in body:
        raise MalformedBody
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        raise MalformedBody from wrong
    suspicious = not judged_apart and b"\\" in body and _ESCAPES.search(body) is not None
    if not parsed_with_limits:
        if body.count(b"[") + body.count(b"{") > _BRACKETS:
            _check_depth(body)
        suspicious = suspicious or b"NaN" in body or b"Infinity" in body
    if suspicious and (faults := list(unstorable(_parsed(body)))):
        raise InvalidInput(faults=faults)


def _check_depth(body: bytes) -> None:
    # This parser bounds the depth; Python's own does so only by the height of its stack. Of other faults the route's
    # parser tells better.
    try:
        from_json(body)
    except ValueError as wrong:
        if "recursion" in str(wrong):
            raise MalformedBody("The body is nested too deeply.") from wrong


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_figure)
    except (ValueError, RecursionError) as wrong:
        raise MalformedBody from wrong


def _no_figure(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
