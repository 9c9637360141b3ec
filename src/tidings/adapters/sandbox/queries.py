"""What lies in the inbox."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from tidings.adapters.sandbox.tables import SandboxAttachmentRow, SandboxCallbackRow, SandboxMessageRow
from tidings.kit.db import Tx


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages: of one channel, with these letters in the recipient, of one order."""

    channel: str | None = None
    to: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that came with a message, without its bytes."""

    place: int
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the inbox with its callbacks, in the order in which they happen, and what came with it."""

    message: SandboxMessageRow
    callbacks: Sequence[SandboxCallbackRow]
    enclosures: Sequence[Enclosure] = ()


async def letters(tx: Tx, wanted: Filter, limit: int) -> list[Letter]:
    """The newest messages first."""
    newest = _matching(wanted).order_by(SandboxMessageRow.received_at.desc(), SandboxMessageRow.attempt_id.desc())
    messages = (await tx.session.scalars(newest.limit(limit))).all()
    ids = [message.attempt_id for message in messages]
    callbacks, enclosures = await _callbacks_of(tx, ids), await _enclosures_of(tx, ids)
    return [Letter(message, callbacks[message.attempt_id], enclosures[message.attempt_id]) for message in messages]


async def letter(tx: Tx, attempt_id: UUID) -> Letter | None:
    """One message."""
    message = (
        await tx.session.scalars(select(SandboxMessageRow).where(SandboxMessageRow.attempt_id == attempt_id))
    ).one_or_none()
    if message is None:
        return None
    enclosures = await _enclosures_of(tx, [attempt_id])
    return Letter(message, (await _callbacks_of(tx, [attempt_id]))[attempt_id], enclosures[attempt_id])


async def enclosed(tx: Tx, attempt_id: UUID, place: int) -> SandboxAttachmentRow | None:
    """One file with its bytes."""
    wanted = select(SandboxAttachmentRow).where(
        SandboxAttachmentRow.attempt_id == attempt_id, SandboxAttachmentRow.place == place
    )
    return (await tx.session.scalars(wanted)).one_or_none()


async def _enclosures_of(tx: Tx, attempt_ids: Sequence[UUID]) -> dict[UUID, list[Enclosure]]:
    row = SandboxAttachmentRow
    digest = func.encode(func.sha256(row.content), "hex")
    wanted = (
        select(row.attempt_id, row.place, row.name, row.media_type, func.length(row.content), digest)
        .where(row.attempt_id.in_(attempt_ids))
        .order_by(row.attempt_id, row.place)
    )
    found: dict[UUID, list[Enclosure]] = defaultdict(list)
    for attempt_id, *rest in await tx.session.execute(wanted):
        found[attempt_id].append(Enclosure(*rest))
    return found


def _matching(wanted: Filter) -> Select[SandboxMessageRow]:
    query = select(SandboxMessageRow)
    if wanted.channel:
        query = query.where(SandboxMessageRow.channel == wanted.channel)
    if wanted.to:
        query = query.where(func.strpos(func.lower(SandboxMessageRow.recipient), wanted.to.lower()) > 0)
    if wanted.order_id:
        query = query.where(SandboxMessageRow.order_id == wanted.order_id)
    return query


async def _callbacks_of(tx: Tx, attempt_ids: Sequence[UUID]) -> dict[UUID, list[SandboxCallbackRow]]:
    found = await tx.session.scalars(
        select(SandboxCallbackRow)
        .where(SandboxCallbackRow.attempt_id.in_(attempt_ids))
        .order_by(SandboxCallbackRow.at, SandboxCallbackRow.id)
    )
    callbacks: dict[UUID, list[SandboxCallbackRow]] = defaultdict(list)
    for callback in found:
        callbacks[callback.attempt_id].append(callback)
    return callbacks
