"""What documents need of others: a press that prints them, and somewhere to keep them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tidings.documents.kinds import DocumentKind

__all__ = ["DocumentKind", "Press", "Sheet", "Store", "StoreAway", "Unprintable"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document in words, ready for its layout."""

    layout: DocumentKind
    # What the layout names: texts, rows of texts, lists of both.
    data: Mapping[str, Any]
    # Seconds since 1970: the same document is the same bytes whenever it is made.
    issued_at: int
    # EN 16931 in CII's syntax, where the document carries it.
    xml: bytes | None = None


class Unprintable(Exception):
    """This document will never be made as it is: trying again is useless, and a person must look at it."""

    def __init__(self, reason: str) -> None:
        """Say why, without any of the document's own words."""
        super().__init__(reason)
        self.reason = reason


class StoreAway(Exception):
    """What is kept cannot be reached at the moment."""


class Press(Protocol):
    """Makes PDF/A-3 and PDF/UA, away from the event loop."""

    async def print(self, sheet: Sheet) -> bytes:
        """The document's file.

        Raises:
            Unprintable: it cannot be made, and could not be later.
        """
        ...


class Store(Protocol):
    """Keeps files under names; a name is written once, or again with the same bytes."""

    @property
    def name(self) -> str:
        """What is written down beside each file, so that it is found where it was put."""
        ...

    async def put_blob(self, key: str, content: bytes) -> None:
        """Keep this.

        Raises:
            StoreAway: it could not be kept now.
        """
        ...

    async def get_blob(self, key: str) -> bytes:
        """What is kept under this name.

        Raises:
            StoreAway: it cannot be had now.
        """
        ...

    async def delete_blob(self, key: str) -> None:
        """Keep nothing under this name any more; if nothing is, that is well.

        Raises:
            StoreAway: it has not said that nothing is left.
        """
        ...
