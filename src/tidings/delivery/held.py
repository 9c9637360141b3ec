"""Messages in hand: locked until the transaction ends, as plain values, and written back together.

Receipts come by the hundred; an object of the ORM for each row would cost more than all the judging.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from tidings.delivery.states import AttemptStatus, MessageStatus
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.db import Tx
from tidings.kit.rows import Part, Row, changes, json_text
from tidings.kit.scope import Mode

MESSAGES = MessageRow.__table__
ATTEMPTS = AttemptRow.__table__


class MessageKey(NamedTuple):
    """A message by its primary key."""

    storefront_id: UUID
    order_id: UUID
    id: UUID


@dataclass(slots=True)
class HeldMessage:
    """A message: what is judged by, and what may become of it."""

    storefront_id: UUID
    order_id: UUID
    id: UUID
    mode: Mode
    milestone: str
    dedupe_key: str
    order_seq: int
    priority: int
    plan: list[dict[str, Any]]
    attempts: int
    # From here on, what is written back.
    status: MessageStatus
    reason: str | None
    step: int
    channel: str
    recipient: str
    tries: int
    refused_by: list[str]
    valid_until: datetime
    updated_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    complained_at: datetime | None
    opted_out_at: datetime | None
    receipt_due_at: datetime | None
    receipt_overdue: bool

    @property
    def key(self) -> MessageKey:
        """Its primary key."""
        return MessageKey(self.storefront_id, self.order_id, self.id)


@dataclass(slots=True)
class HeldAttempt:
    """An attempt of a held message."""

    storefront_id: UUID
    order_id: UUID
    message_id: UUID
    id: UUID
    number: int
    provider: str
    channel: str
    recipient: str
    # From here on, what is written back.
    status: AttemptStatus
    provider_message_id: str | None
    error: dict[str, Any] | None


def _names(held: type[HeldMessage | HeldAttempt]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(held))


ATTEMPT_COLUMNS: Final = _names(HeldAttempt)
_COLUMNS: Final = _names(HeldMessage)
_WRITTEN: Final = _COLUMNS[_COLUMNS.index("status") :]

_HOLD = f"""
SELECT {", ".join(f"m.{column}" for column in _COLUMNS)} FROM messages m
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (storefront_id, order_id, id) USING (storefront_id, order_id, id)
ORDER BY m.storefront_id, m.order_id, m.id
FOR NO KEY UPDATE OF m
"""  # noqa: S608 - names of our own

_LOCK = """
SELECT m.id, m.recipient = '' AS is_erased FROM messages m
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (storefront_id, order_id, id) USING (storefront_id, order_id, id)
ORDER BY m.storefront_id, m.order_id, m.id
FOR NO KEY UPDATE OF m
"""


async def hold_messages(tx: Tx, keys: Sequence[MessageKey]) -> dict[MessageKey, HeldMessage]:
    """The messages, locked until the transaction ends; always in one order, so that nobody waits in a circle."""
    if not keys:
        return {}
    found = [HeldMessage(*row) for row in await tx.raw.fetch(_HOLD, *map(list, zip(*keys, strict=True)))]
    return {row.key: row for row in found}


async def lock_messages(tx: Tx, keys: Iterable[MessageKey]) -> set[UUID]:
    """The same locks without the rows, for whoever writes what a send was answered while its receipts come in.

    Returns:
        The messages whose customer was erased meanwhile.
    """
    rows = await tx.raw.fetch(_LOCK, *map(list, zip(*sorted(set(keys)), strict=True)))
    return {row["id"] for row in rows if row["is_erased"]}


def written_back(messages: Iterable[HeldMessage], attempts: Iterable[HeldAttempt] = ()) -> list[Part]:
    """Writes held messages, and such attempts of theirs as have changed, as they stand now."""
    return [*changes(ATTEMPTS, map(_attempt_row, attempts)), *changes(MESSAGES, map(_message_row, messages))]


def _message_row(held: HeldMessage) -> Row:
    row = {name: getattr(held, name) for name in ("storefront_id", "order_id", "id", *_WRITTEN)}
    row["refused_by"] = json_text(held.refused_by)
    return row


def _attempt_row(held: HeldAttempt) -> Row:
    return {
        "storefront_id": held.storefront_id,
        "order_id": held.order_id,
        "id": held.id,
        "status": held.status,
        "provider_message_id": held.provider_message_id,
        "error": None if held.error is None else json_text(held.error),
    }
