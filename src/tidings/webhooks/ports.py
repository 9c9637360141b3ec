"""What this slice needs of whoever carries events to other people's computers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event on its way. Its repr shows neither secrets nor personal data."""

    url: str = field(repr=False)
    # The event's wire id: the same on every try.
    id: str
    body: bytes = field(repr=False)
    # Each of them signs.
    secrets: Sequence[str] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The endpoint said something."""

    status: int
    # How long it asks to be left alone.
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came, so that nobody knows whether the event was taken."""

    reason: str


Answer = Answered | Unanswered


class Courier(Protocol):
    """Signs and posts."""

    def objection(self, url: str) -> str | None:
        """Why events may not be posted there; None when they may."""
        ...

    async def carry(self, parcel: Parcel) -> Answer:
        """Post it once. Whatever happens is an answer."""
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...
