"""Reads messages with their content, attempts and receipts: four queries, however many messages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from tidings.delivery.lookup import message_by_id
from tidings.delivery.states import MessageStatus
from tidings.delivery.tables import AttemptRow, ContentRow, MessageRow, ReceiptRow
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.storefronts.kinds import Channel


@dataclass(slots=True)
class Told:
    """A message with all that belongs to it."""

    row: MessageRow
    # By channel.
    contents: dict[str, ContentRow] = field(default_factory=dict)
    attempts: list[AttemptRow] = field(default_factory=list)
    # By attempt, in the order in which they came in.
    receipts: dict[UUID, list[ReceiptRow]] = field(default_factory=lambda: defaultdict(list))

    @property
    def content(self) -> ContentRow | None:
        """As it was sent last; before it leaves on a new channel, what is about to be sent."""
        sent = self.attempts[-1].channel if self.attempts else self.row.channel
        return self.contents.get(self.row.channel) or self.contents.get(sent)


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages are asked for; None asks for any."""

    order_id: UUID | None = None
    status: MessageStatus | None = None
    milestone: str | None = None
    channel: Channel | None = None
    receipt_overdue: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


_EQUAL: Final = ("order_id", "status", "milestone", "channel", "receipt_overdue")


async def messages_page(tx: Tx, asked: MessageFilter, window: Window, *, oldest_first: bool = False) -> Page[Told]:
    """Messages of the transaction's storefront and mode, newest first unless said otherwise."""
    wanted = _filtered(tx, asked).order_by(MessageRow.id if oldest_first else MessageRow.id.desc())
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(MessageRow.id > after[0] if oldest_first else MessageRow.id < after[0])
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    more = len(rows) > window.limit
    return Page(await told_of(tx, items), encode_cursor(items[-1].id) if more else None)


async def message_told(tx: Tx, message_id: UUID | None) -> Told:
    """One message.

    Raises:
        NotFound: there is no such message of the transaction's storefront and mode.
    """
    (told,) = await told_of(tx, [await message_by_id(tx, message_id)])
    return told


async def require_order(tx: Tx, order_id: UUID | None) -> UUID:
    """The order's id, if it is one of the transaction's storefront and mode.

    Raises:
        NotFound: there is no such order.
    """
    # The other end of the messages' foreign key; the slice that owns it stands above this one.
    found = await tx.raw.fetchval(
        "SELECT id FROM orders WHERE storefront_id = $1 AND mode = $2 AND id = $3",
        tx.scope.storefront_id,
        tx.scope.mode,
        order_id,
    )
    if order_id is None or found is None:
        raise NotFound
    return order_id


def _filtered(tx: Tx, asked: MessageFilter) -> Select[MessageRow]:
    wanted = select(MessageRow).where(
        MessageRow.storefront_id == tx.scope.storefront_id, MessageRow.mode == tx.scope.mode
    )
    equal = {name: value for name in _EQUAL if (value := getattr(asked, name)) is not None}
    wanted = wanted.filter_by(**equal)
    if asked.created_after is not None:
        wanted = wanted.where(MessageRow.created_at >= asked.created_after)
    if asked.created_before is not None:
        wanted = wanted.where(MessageRow.created_at < asked.created_before)
    return wanted


async def told_of(tx: Tx, rows: Sequence[MessageRow]) -> list[Told]:
    """These messages of one storefront, in this order, with all that belongs to them."""
    told = {row.id: Told(row) for row in rows}
    if not told:
        return []
    storefront, orders = rows[0].storefront_id, {row.order_id for row in rows}
    contents = select(ContentRow).where(
        ContentRow.storefront_id == storefront, ContentRow.order_id.in_(orders), ContentRow.message_id.in_(told)
    )
    for content in await tx.session.scalars(contents):
        told[content.message_id].contents[content.channel] = content
    attempts = select(AttemptRow).where(
        AttemptRow.storefront_id == storefront, AttemptRow.order_id.in_(orders), AttemptRow.message_id.in_(told)
    )
    tried = (await tx.session.scalars(attempts.order_by(AttemptRow.number))).all()
    for attempt in tried:
        told[attempt.message_id].attempts.append(attempt)
    receipts = select(ReceiptRow).where(
        ReceiptRow.storefront_id == storefront,
        ReceiptRow.order_id.in_(orders),
        ReceiptRow.attempt_id.in_([attempt.id for attempt in tried]),
    )
    for receipt in await tx.session.scalars(receipts.order_by(ReceiptRow.received_at, ReceiptRow.id)):
        told[receipt.message_id].receipts[receipt.attempt_id].append(receipt)
    return list(told.values())


_SUBJECTS = """
SELECT DISTINCT m.subject FROM messages m
WHERE m.storefront_id = $1 AND m.order_id = $2 AND m.milestone = $3
"""


async def told_subjects(tx: Tx, order_id: UUID, milestone: str) -> set[str]:
    """What this order's messages of one milestone are about, as wire ids."""
    rows = await tx.raw.fetch(_SUBJECTS, tx.scope.storefront_id, order_id, milestone)
    return {row["subject"] for row in rows}
