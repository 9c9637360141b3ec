"""Lists: `limit` and an opaque `cursor`, answered with the items and the next cursor."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from tidings.kit.problem import Fault, InvalidInput

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

_DIGITS = 18


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

    def key(self, *readers: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The sort key to go on after, each part made of its text; None at the list's start.

        Raises:
            InvalidInput: the cursor was given by another list, or not by this service.
        """
        if self.after is None:
            return None
        try:
            return tuple(reader(str(part)) for reader, part in zip(readers, self.after, strict=True))
        except (ValueError, OverflowError):
            raise _foreign() from None


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
        raise _foreign()
    return tuple(key)


def instant(text: str) -> datetime:
    """Reads an instant out of a cursor.

    Raises:
        ValueError: it is none, or has no offset.
        OverflowError: it is none that can be told in UTC.
    """
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        message = "an instant has an offset"
        raise ValueError(message)
    return read.astimezone(UTC)


def whole(text: str) -> int:
    """Reads a number out of a cursor, one that the database can hold.

    Raises:
        ValueError: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        message = "a number has 1 to 18 digits"
        raise ValueError(message)
    return int(text)


def _foreign() -> InvalidInput:
    return InvalidInput(faults=[Fault("/query/cursor", "is not a cursor given by this service")])
