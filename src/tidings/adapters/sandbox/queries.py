"""What lies in the inbox."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from tidings.adapters.sandbox.tables import SandboxCallbackRow, SandboxMessageRow
from tidings.kit.db import Tx


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages: of one channel, with these letters in the recipient, of one order."""

    channel: str | None = None
    to: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the inbox with its callbacks, in the order in which they happen."""

    message: SandboxMessageRow
    callbacks: Sequence[SandboxCallbackRow]


async def letters(tx: Tx, wanted: Filter, limit: int) -> list[Letter]:
    """The newest messages first."""
    newest = _matching(wanted).order_by(SandboxMessageRow.received_at.desc(), SandboxMessageRow.attempt_id.desc())
    messages = (await tx.session.scalars(newest.limit(limit))).all()
    callbacks = await _callbacks_of(tx, [message.attempt_id for message in messages])
    return [Letter(message, callbacks[message.attempt_id]) for message in messages]


async def letter(tx: Tx, attempt_id: UUID) -> Letter | None:
    """One message."""
    message = (
        await tx.session.scalars(select(SandboxMessageRow).where(SandboxMessageRow.attempt_id == attempt_id))
    ).one_or_none()
    if message is None:
        return None
    return Letter(message, (await _callbacks_of(tx, [attempt_id]))[attempt_id])


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
