"""Adds lines to the audit trail; there is no other verb, because nothing here is ever changed or removed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows, insert, json_text
from tidings.records.tables import RecordRow, RecordWordsRow
from tidings.records.words import Linked, Words, linked

TABLE = RecordRow.__table__
WORDS = RecordWordsRow.__table__


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, to what, by whom."""

    storefront_id: UUID
    # The order it is about; None for what concerns no order.
    order_id: UUID | None
    # None for what concerns both modes.
    mode: Mode | None
    # `noun.past_participle`: `order.placed`, `attempt.settled`, `connection.changed`.
    kind: str
    # Wire id of what it is about.
    subject: str
    actor: str
    at: datetime
    # Ids, figures, and words of our own; never personal data, and so nothing that somebody wrote.
    data: Mapping[str, Any] = field(default_factory=dict)
    # What somebody wrote: kept beside the record, whose data get `<name>_digest`.
    words: Words | None = None


_NONE: Final[Mapping[str, str | None]] = {}


def record_row(entry: Entry, digests: Mapping[str, str | None] = _NONE) -> Row:
    """The row of one line, with the digests of what stands beside it."""
    return {
        "storefront_id": entry.storefront_id,
        "order_id": entry.order_id or entry.storefront_id,
        "id": new_id(),
        "mode": entry.mode,
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "at": entry.at,
        "data": json_text({**entry.data, **digests} if digests else entry.data),
    }


def record_rows(entries: Iterable[Entry]) -> Rows:
    """The rows of many lines, to be written with others in one statement."""
    lines: list[Row] = []
    said: list[Row] = []
    for entry in entries:
        if entry.words is None:
            lines.append(record_row(entry))
            continue
        link = linked(entry.words)
        line = record_row(entry, link.digests)
        lines.append(line)
        if link.words:
            said.append(_words_row(line, link))
    rows = Rows()
    rows.add(TABLE, *lines)
    if said:
        rows.add(WORDS, *said)
    return rows


def _words_row(line: Row, link: Linked) -> Row:
    return {
        "storefront_id": line["storefront_id"],
        "order_id": line["order_id"],
        "record_id": line["id"],
        "mode": line["mode"],
        "subject": line["subject"],
        "words": json_text(link.words),
        "salt": link.salt,
        "written_at": line["at"],
    }


async def append(tx: Tx, *entries: Entry) -> None:
    """Write these lines now."""
    await insert(tx, record_rows(entries))
