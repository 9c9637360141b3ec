"""Lists: `limit` and an opaque `cursor`, answered with the items and the next cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tidings.kit.problem import Fault, InvalidInput

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a list: the items and where the next stretch starts (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """What the caller asked for: how many, and after which sort key."""

    limit: int = DEFAULT_LIMIT
    after: tuple[Any, ...] | None = None


def encode_cursor(*key: Any) -> str:
    """An opaque cursor over a sort key (of JSON scalars)."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[Any, ...]:
    """The sort key inside a cursor.

    Raises:
        InvalidInput: the text is not a cursor that this service gave out.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        key = None
    if not isinstance(key, list):
        raise InvalidInput(faults=[Fault("/query/cursor", "is not a cursor given by this service")])
    return tuple(key)
