"""Loads what receipts are about: the messages, held until the transaction ends, with all that is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Final

import asyncpg

from tidings.delivery.held import ATTEMPT_COLUMNS, HeldAttempt, HeldMessage, MessageKey, lock_messages
from tidings.delivery.states import AttemptStatus, strongest
from tidings.kit.db import Tx

# Handed on, because whoever settles a send locks what its receipts are about.
__all__ = ["Affected", "Known", "MessageKey", "Word", "affected_by", "lock_messages"]


@dataclass(frozen=True, slots=True)
class Word:
    """One receipt, as far as it counts."""

    status: str
    # When it happened, and never after we heard of it.
    at: datetime
    # It failed for a reason that may pass by itself.
    may_pass: bool


@dataclass(slots=True)
class Known:
    """One attempt, with what it was thought to be and what all of its receipts make of it."""

    row: HeldAttempt
    was: AttemptStatus
    # All that was ever said about it, by event key: a set, whatever the order it came in.
    words: dict[str, Word] = field(default_factory=dict)
    # The answer to the send was written down just now, after the receipts.
    answered_late: bool = False
    # Its row is not what it was.
    has_changed: bool = False

    @property
    def status(self) -> AttemptStatus:
        """The strongest of the answer to the send and of all its receipts."""
        return strongest([self.was, *[word.status for word in self.words.values()]])

    def settle(self) -> None:
        """Let the row stand where all that was said puts it."""
        if self.row.status != self.status:
            self.row.status, self.has_changed = self.status, True

    @property
    def may_pass(self) -> bool:
        """A failure of it may pass by itself."""
        return any(word.may_pass for word in self.words.values())

    def first(self, status: str) -> datetime | None:
        """When this was said to have happened, at the earliest."""
        return min((word.at for word in self.words.values() if word.status == status), default=None)


@dataclass(slots=True)
class Affected:
    """A message that has been heard of."""

    row: HeldMessage
    attempts: list[Known] = field(default_factory=list)
    has_work: bool = False
    # A worker holds its lease at this moment.
    in_hands: bool = False

    @property
    def key(self) -> MessageKey:
        """Its primary key."""
        return self.row.key


# One row for each receipt of each attempt; all joins are along primary and unique keys.
_KNOWN = f"""
SELECT k.place, o.id IS NOT NULL AS has_work,
       coalesce(o.lease_token IS NOT NULL AND o.due_at > now(), false) AS in_hands,
       r.event_key, r.status AS said, least(r.at, r.received_at) AS said_at,
       r.status = 'failed' AND r.detail @> '{{"may_pass": true}}' AS may_pass,
       {", ".join(f"a.{column}" for column in ATTEMPT_COLUMNS)}
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS k (storefront_id, order_id, message_id, place)
-- Fenced in: the planner, which may take the work table for empty, would join it whole.
LEFT JOIN LATERAL (
    SELECT id, lease_token, due_at FROM outbox
    WHERE id = k.message_id AND storefront_id IS NOT DISTINCT FROM k.storefront_id OFFSET 0
) o ON true
LEFT JOIN attempts a
    ON a.storefront_id = k.storefront_id AND a.order_id = k.order_id AND a.message_id = k.message_id
LEFT JOIN receipts r ON r.storefront_id = a.storefront_id AND r.order_id = a.order_id AND r.attempt_id = a.id
"""  # noqa: S608 - names of our own
_FIRST_OF_ATTEMPT: Final = 7

_number = attrgetter("row.number")


async def affected_by(tx: Tx, held: Mapping[MessageKey, HeldMessage]) -> list[Affected]:
    """What is known of messages that are held: read after they were locked, so nothing can overtake it."""
    if not held:
        return []
    found = [Affected(row) for row in held.values()]
    for row in await tx.raw.fetch(_KNOWN, *map(list, zip(*held, strict=True))):
        one = found[row["place"] - 1]
        one.has_work, one.in_hands = row["has_work"], row["in_hands"]
        _learn(one, row)
    for one in found:
        one.attempts.sort(key=_number)
    return found


def _learn(one: Affected, row: asyncpg.Record) -> None:
    if row["id"] is None:
        return
    each = next((each for each in one.attempts if each.row.id == row["id"]), None)
    if each is None:
        attempt = HeldAttempt(*row[_FIRST_OF_ATTEMPT:])
        each = Known(attempt, attempt.status)
        one.attempts.append(each)
    if row["event_key"] is not None:
        each.words[row["event_key"]] = Word(row["said"], row["said_at"], row["may_pass"])
