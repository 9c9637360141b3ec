"""Loads what receipts are about: the messages, held until the transaction ends, with all that is known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

import asyncpg
from sqlalchemy import select, text

from tidings.delivery.states import AttemptStatus, strongest
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.db import Tx


class MessageKey(NamedTuple):
    """A message by its primary key."""

    storefront_id: UUID
    order_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class Said:
    """All that was ever said about one attempt, whatever the order it came in."""

    statuses: frozenset[str] = frozenset()
    delivered_at: datetime | None = None
    complained_at: datetime | None = None
    opted_out_at: datetime | None = None
    # A failure of it may pass by itself.
    may_pass: bool = False


@dataclass(slots=True)
class Known:
    """One attempt, with what it was thought to be and what all of its receipts make of it."""

    row: AttemptRow
    was: AttemptStatus
    said: Said
    # The answer to the send was written down just now, after the receipts.
    answered_late: bool = False

    @property
    def status(self) -> AttemptStatus:
        """The strongest of the answer to the send and of all its receipts."""
        return strongest((self.was, *self.said.statuses))


@dataclass(slots=True)
class Affected:
    """A message that has been heard of."""

    row: MessageRow
    attempts: list[Known] = field(default_factory=list)
    has_work: bool = False
    # A worker holds its lease at this moment.
    in_hands: bool = False

    @property
    def key(self) -> MessageKey:
        """Its primary key."""
        return MessageKey(self.row.storefront_id, self.row.order_id, self.row.id)


_MESSAGES = text("""
SELECT m.* FROM messages m
JOIN unnest(cast(:storefronts AS uuid[]), cast(:orders AS uuid[]), cast(:ids AS uuid[]))
    AS k (storefront_id, order_id, id) USING (storefront_id, order_id, id)
ORDER BY m.storefront_id, m.order_id, m.id
FOR NO KEY UPDATE OF m
""")

_LOCK = """
SELECT FROM messages m
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (storefront_id, order_id, id) USING (storefront_id, order_id, id)
ORDER BY m.storefront_id, m.order_id, m.id
FOR NO KEY UPDATE OF m
"""

_ATTEMPTS = text("""
SELECT a.* FROM attempts a
JOIN unnest(cast(:storefronts AS uuid[]), cast(:orders AS uuid[]), cast(:ids AS uuid[]))
    AS k (storefront_id, order_id, message_id) USING (storefront_id, order_id, message_id)
ORDER BY a.storefront_id, a.order_id, a.message_id, a.number
""")

_SAID = """
SELECT r.attempt_id, array_agg(DISTINCT r.status) AS statuses,
       min(least(r.at, r.received_at)) FILTER (WHERE r.status = 'delivered') AS delivered_at,
       min(least(r.at, r.received_at)) FILTER (WHERE r.status = 'complained') AS complained_at,
       min(least(r.at, r.received_at)) FILTER (WHERE r.status = 'opted_out') AS opted_out_at,
       bool_or(r.status = 'failed' AND r.detail @> '{"may_pass": true}') AS may_pass
FROM receipts r
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (storefront_id, order_id, attempt_id)
    USING (storefront_id, order_id, attempt_id)
GROUP BY r.attempt_id
"""

_WORK = """
SELECT o.id, o.lease_token IS NOT NULL AND o.due_at > now() AS in_hands
FROM outbox o JOIN unnest($1::uuid[], $2::uuid[]) AS k (storefront_id, id) USING (storefront_id, id)
"""


async def hold_messages(tx: Tx, keys: Sequence[MessageKey]) -> dict[MessageKey, MessageRow]:
    """The messages, locked until the transaction ends; always in one order, so that nobody waits in a circle."""
    wanted = select(MessageRow).from_statement(_MESSAGES).execution_options(populate_existing=True)
    rows = await tx.session.scalars(wanted, _arrays(keys))
    return {MessageKey(row.storefront_id, row.order_id, row.id): row for row in rows}


async def lock_messages(tx: Tx, keys: Iterable[MessageKey]) -> None:
    """The same locks without the rows, for whoever writes what a send was answered while its receipts come in."""
    await tx.raw.execute(_LOCK, *map(list, zip(*sorted(set(keys)), strict=True)))


async def affected_by(tx: Tx, held: dict[MessageKey, MessageRow]) -> list[Affected]:
    """What is known of messages that are held: read after they were locked, so nothing can overtake it."""
    keys = sorted(held)
    wanted = select(AttemptRow).from_statement(_ATTEMPTS).execution_options(populate_existing=True)
    attempts = (await tx.session.scalars(wanted, _arrays(keys))).all()
    said = await _said(tx, attempts)
    found = {key: Affected(held[key]) for key in keys}
    for row in attempts:
        known = Known(row, cast("AttemptStatus", row.status), said.get(row.id, Said()))
        found[MessageKey(row.storefront_id, row.order_id, row.message_id)].attempts.append(known)
    work = await tx.raw.fetch(_WORK, [key.storefront_id for key in keys], [key.id for key in keys])
    in_hands = {row["id"]: row["in_hands"] for row in work}
    for key, one in found.items():
        one.has_work, one.in_hands = key.id in in_hands, in_hands.get(key.id, False)
    return list(found.values())


async def _said(tx: Tx, attempts: Sequence[AttemptRow]) -> dict[UUID, Said]:
    rows = await tx.raw.fetch(
        _SAID, [row.storefront_id for row in attempts], [row.order_id for row in attempts], [row.id for row in attempts]
    )
    return {row["attempt_id"]: _of(row) for row in rows}


def _of(row: asyncpg.Record) -> Said:
    return Said(
        statuses=frozenset(row["statuses"]),
        delivered_at=row["delivered_at"],
        complained_at=row["complained_at"],
        opted_out_at=row["opted_out_at"],
        may_pass=row["may_pass"],
    )


def _arrays(keys: Sequence[MessageKey]) -> dict[str, list[UUID]]:
    return {
        "storefronts": [key.storefront_id for key in keys],
        "orders": [key.order_id for key in keys],
        "ids": [key.id for key in keys],
    }
