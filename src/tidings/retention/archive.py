"""The file that somebody gets who asks what is known of them: JSON and documents in a ZIP. Pure."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.ids import wire
from tidings.retention.ports import Paper

_FORMAT: Final = "tidings.export/1"
# Of ZIP; what is older cannot be told in it.
_YEAR_ZERO: Final = (1980, 1, 1, 0, 0, 0)

Rows = Sequence[Mapping[str, Any]]

# How whoever has the file proves that the records in it are about what was said, by table.
DIGESTS: Final[Mapping[str, str]] = {
    "how": (
        "A digest in a record's data is SHA-256, in hexadecimal, over the salt (here in hexadecimal) and then each "
        "part in turn: its length in UTF-8 as eight bytes, big-endian, and itself; a part that is null is eight bytes "
        "of 255 alone."
    ),
    "record_words": "Of each of `words`, in the record `record_id`: `reason_digest` of `reason`, and so on.",
    "order_notes": "Of `text`, in the record about the note: `text_digest`.",
    "communications": "Of `summary`, in the record about the communication: `summary_digest`.",
    "events": "Of `snapshot_text`, in the record with the same `order_seq`: `snapshot_digest`.",
    "contents": (
        "Of the attempt's `recipient`, `channel`, `subject`, `text`, `html`, and `extras` as JSON (names sorted, no "
        "spaces, letters beyond ASCII escaped), in the record about the attempt: `content_digest`."
    ),
}


@dataclass(slots=True)
class Archive:
    """An archive while it is filled."""

    made_at: datetime
    _file: io.BytesIO = field(default_factory=io.BytesIO)
    _orders: list[str] = field(default_factory=list)
    _zip: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        """Open it."""
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def add_order(self, order_id: UUID, tables: Mapping[str, Rows]) -> None:
        """All that is known of an order, by table."""
        name = wire("ord", order_id)
        self._orders.append(name)
        self._add(f"orders/{name}.json", _json({"order_id": name, **tables}))

    def add_paper(self, paper: Paper) -> None:
        """A document of an order."""
        self._add(f"documents/{wire('ord', paper.order_id)}/{paper.name}", paper.content)

    def finished(self, about: Mapping[str, Any], beside: Mapping[str, Rows]) -> bytes:
        """The file, with a first page that says what is in it.

        Args:
            about: what was asked for.
            beside: what is known of the person beside any order, by table.
        """
        told = {
            "format": _FORMAT,
            "made_at": self.made_at.isoformat(),
            "person": about,
            "orders": self._orders,
            "digests": DIGESTS,
        }
        self._add("export.json", _json({**told, **beside}))
        self._zip.close()
        return self._file.getvalue()

    def _add(self, name: str, content: bytes) -> None:
        at = self.made_at.timetuple()[:6]
        entry = zipfile.ZipInfo(name, max(at, _YEAR_ZERO))
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, content)


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")
