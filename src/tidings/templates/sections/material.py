"""What a message is made of, and what has been made of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tidings.templates import reading
from tidings.templates.addresses import Address
from tidings.templates.language import Language
from tidings.templates.reading import Node

MAX_NUMBER: Final = 500
# What staff, carriers and customers type.
MAX_TYPED: Final = 2000


@dataclass(frozen=True, slots=True)
class Material:
    """The snapshot, whose language and zone it is told in, and the names that sections give."""

    order: Node
    # The order and what else belongs to the moment: a shipment, an issue …
    snapshot: Node
    language: Language
    zone: ZoneInfo
    # The shop's own country, left out of short addresses.
    home: str | None
    # What the wording can name.
    names: dict[str, Any] = field(default_factory=dict)
    # What must be made to fit: by name, pairs of quantity and name, or words.
    lists: dict[str, Sequence[Any]] = field(default_factory=dict)
    # The same, whole sentences: what somebody typed, or our own words in its place.
    texts: dict[str, str] = field(default_factory=dict)
    # The order's addresses, by their names in it.
    addresses: dict[str, Address] = field(default_factory=dict)
    # Only an e-mail has room for tables: nobody else needs them made.
    has_tables: bool = True

    def part(self, key: str) -> Node:
        """A part of the snapshot that must be there.

        Raises:
            Unrenderable: it is not.
        """
        return reading.node(self.snapshot, key, "")

    def typed(self, given: Node, key: str, where: str, instead: str = "") -> str:
        """What somebody typed, as a sentence; if they did not, our own words."""
        return self.language.sentence(reading.maybe_text(given, key, where, MAX_TYPED) or instead)

    def tell_instant(self, name: str, at: datetime | None) -> None:
        """Name an instant for mails, for text messages and for calls; empty if there is none."""
        formats, pattern = self.language.formats, self.language.labels.sms_date
        self.names[name] = formats.instant(at, self.zone) if at else ""
        self.names[f"{name}_short"] = formats.short_instant(at, self.zone, pattern) if at else ""
        self.names[f"{name}_spoken"] = formats.spoken_instant(at, self.zone) if at else ""
