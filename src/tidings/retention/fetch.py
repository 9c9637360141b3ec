"""Hands out an export, and writes down that it did."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.retention.errors import ExportExpired, ExportNotReady
from tidings.retention.queries import export_by_id
from tidings.retention.tables import ExportRow


@dataclass(frozen=True, slots=True)
class FetchExport:
    """Somebody wants the file."""

    # None when the caller named what cannot be an export.
    export_id: UUID | None
    actor: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file."""

    content: bytes
    # In hexadecimal.
    sha256: str


async def fetch_export(tx: Tx, command: FetchExport, *, now: datetime) -> Fetched:
    """The file, while its time lasts: to the instant, whether it has been deleted yet or not.

    Raises:
        NotFound: there is no such export.
        ExportNotReady: it is being made.
        ExportExpired: its time is over, or the person was erased.
    """
    row = await export_by_id(tx, command.export_id)
    if row.status == "requested":
        raise ExportNotReady
    if row.status == "expired" or (row.expires_at is not None and row.expires_at <= now):
        raise ExportExpired
    wanted = select(ExportRow.content).where(
        ExportRow.storefront_id == row.storefront_id, ExportRow.id == row.id, ExportRow.content.is_not(None)
    )
    content = (await tx.session.scalars(wanted)).one_or_none()
    if content is None or row.sha256 is None:
        # Erased between the two reads.
        raise ExportExpired
    about = wire("exp", row.id)
    await append(tx, Entry(row.storefront_id, None, tx.scope.mode, "export.fetched", about, command.actor, now))
    return Fetched(content, row.sha256)
