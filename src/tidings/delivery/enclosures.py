"""What goes along with a message: named when it is put into words, fetched when it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from tidings.delivery.claim import Claimed
from tidings.delivery.ports import Attachment

# Where a content's extras keep the wire ids of what is attached.
EXTRA: Final = "attachments"


class NotYet(Exception):
    """Something that the message tells of is still being made: it waits."""

    def __init__(self, wait: timedelta) -> None:
        """Say for how long, before it is looked at again."""
        super().__init__(wait)
        self.wait = wait


class Unfetched(Exception):
    """What is to go along cannot be had at the moment."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What a message tells of, and what of it is attached."""

    # The snapshot, telling only of what is really there.
    snapshot: Mapping[str, Any]
    # For `EXTRA`: [{"id", "name", "media_type", "size", "sha256"}]; empty where the channel cannot carry them.
    attachments: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


class Enclosures(Protocol):
    """Knows what belongs to a message; a slice above gives it (`bootstrap`)."""

    async def enclosed(self, message: Claimed, snapshot: Mapping[str, Any]) -> Enclosed:
        """What goes along with this message.

        Raises:
            NotYet: it is still being made.
        """
        ...

    async def fetched(self, message: Claimed, attachments: Sequence[Mapping[str, Any]]) -> Sequence[Attachment]:
        """What is attached, with its bytes.

        Raises:
            Unfetched: it cannot be had now.
        """
        ...
