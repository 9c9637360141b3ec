"""Finds what has changed of a shop's procedure: from the facts, not from a call of whoever changed it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.milestones.table import ERRANDS, TABLE, TASKS
from tidings.reviews.kinds import CauseKind
from tidings.reviews.rules import a_year_after


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the procedure is to be reviewed."""

    kind: CauseKind
    # What makes it the only one of its storefront.
    key: str
    at: datetime
    actor: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watch:
    """How far a storefront has been looked at; its row is locked."""

    storefront_id: UUID
    # The last record looked at: its transaction, as text, and its id.
    xid: str
    record_id: UUID
    yearly_at: datetime
    known_tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look has found, and where the next one begins."""

    causes: tuple[Cause, ...]
    watch: Watch


# Walks ix_records_changes, which holds records of these kinds alone, up to the oldest transaction that still runs:
# nothing that commits later stands before them (records/read.py).
CHANGES_AFTER: Final = """
SELECT id, mode, kind, actor, at, data::text AS data, xid::text AS xid FROM records
WHERE storefront_id = $1 AND kind IN ('storefront.changed', 'template.published', 'template.retired')
  AND (xid, id) > ($2::text::xid8, $3) AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY records.xid, id LIMIT $4
"""
# What is left is found by the next look.
_MOST_AT_ONCE: Final = 1000

# Parts of a storefront that its procedure goes by; its name and its logo are none.
_PARTS: Final[Mapping[str, CauseKind]] = {"policy": "policy", "calendar": "calendar", "time_zone": "calendar"}


@cache
def table_digest() -> str:
    """What the table of milestones is now: who is told what, by when, and what else follows from a fact."""
    table = {milestone: asdict(promise) for milestone, promise in TABLE.items()}
    text = json.dumps([table, TASKS, ERRANDS], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


async def found_since(tx: Tx, watch: Watch, zone: str, now: datetime, *, digest: str) -> Found:
    """What has come up since the last look.

    Args:
        tx: holds the watch.
        watch: where the last look ended.
        zone: the shop's.
        now: the present instant.
        digest: of the table of milestones that this process goes by.
    """
    rows = await tx.raw.fetch(CHANGES_AFTER, watch.storefront_id, watch.xid, watch.record_id, _MOST_AT_ONCE)
    causes = [cause for row in rows for cause in _of_record(row)]
    xid, record_id = (rows[-1]["xid"], rows[-1]["id"]) if rows else (watch.xid, watch.record_id)
    tables = watch.known_tables
    # One that has been reviewed before is no news: during a deployment the old one and the new one work side by side.
    if digest not in tables:
        causes.append(Cause("milestones", f"milestones:{digest}", now, "system", {"digest": digest}))
        tables = (*tables, digest)
    yearly_at, passed = watch.yearly_at, None
    # Nobody has looked for years: that is one cause, not several.
    while yearly_at <= now:
        passed, yearly_at = yearly_at, a_year_after(yearly_at, zone)
    if passed is not None:
        causes.append(Cause("yearly", f"yearly:{passed.date()}", passed, "system"))
    return Found(tuple(causes), Watch(watch.storefront_id, xid, record_id, yearly_at, tables))


def _of_record(row: asyncpg.Record) -> Iterator[Cause]:
    data = json.loads(row["data"])
    # What was retired because another took its place is told with that one.
    if row["kind"] == "template.published" or (row["kind"] == "template.retired" and data.get("was") == "published"):
        names = ("milestone", "channel", "locale", "version")
        about = {name: data[name] for name in names if name in data}
        yield _cause(row, "template", about | ({} if row["mode"] is None else {"mode": row["mode"]}))
    for kind in dict.fromkeys(_PARTS[part] for part in data.get("changed", ()) if part in _PARTS):
        yield _cause(row, kind, {"version": data.get("version")})


def _cause(row: asyncpg.Record, kind: CauseKind, about: Mapping[str, Any]) -> Cause:
    return Cause(kind, f"{kind}:{row['id'].hex}", row["at"], row["actor"], about)
