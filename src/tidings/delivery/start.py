"""Writes down what is about to leave: the attempt and the content, before the first byte goes to a provider."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.delivery.claim import Claimed
from tidings.delivery.ports import ConnectionConfig, Content
from tidings.kit.rows import json_text
from tidings.records.digests import new_salt


@dataclass(frozen=True, slots=True)
class Pinned:
    """A freshly rendered content, and the template version that it was made from."""

    content: Content
    template: str
    version: int
    locale: str
    # Of the digest of what is said and to whom, which the record of each attempt holds.
    salt: bytes = field(default_factory=new_salt)


@dataclass(frozen=True, slots=True)
class Departure:
    """One attempt that is about to be made."""

    claimed: Claimed
    attempt_id: UUID
    connection: ConnectionConfig
    content: Content
    # Only when it was rendered just now; on a retry the content is there already.
    pinned: Pinned | None

    @property
    def salt(self) -> bytes | None:
        """Of the digest of what is said."""
        return self.pinned.salt if self.pinned is not None else self.claimed.salt

    @property
    def number(self) -> int:
        """1 for the message's first attempt."""
        return self.claimed.attempts + 1


# Fenced: whoever lost the lease, or whose message was superseded or cancelled, gets no row back and must not send.
# An older attempt that is still "started" is one whose worker died: from here on it is uncertain. Each row finds its
# work by itself, as in settle.py; joins are on primary keys; the update of old attempts goes through (…, message_id,
# number). What was lost is recorded under the id of the attempt that comes after it, which is no other record's.
_START = """
WITH departing AS (
    SELECT * FROM unnest(
        $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int2[], $8::uuid[], $9::text[], $10::text[], $11::text[],
        $12::text[]
    ) AS d (storefront_id, order_id, message_id, id, number, connection_id, connection, provider, channel, recipient)
),
held AS (
    SELECT d.* FROM departing d CROSS JOIN LATERAL (
        SELECT FROM outbox o
        WHERE o.id = d.message_id AND o.lease_token = $1::uuid
        FOR UPDATE
    ) o
),
lost AS (
    UPDATE attempts a SET status = 'uncertain', outcome = 'uncertain' FROM held d
    WHERE d.number > 1 AND a.storefront_id = d.storefront_id AND a.order_id = d.order_id
      AND a.message_id = d.message_id AND a.number = d.number - 1 AND a.status = 'started'
    RETURNING a.storefront_id, a.order_id, a.id, a.message_id, a.connection, a.channel, d.id AS next
),
told AS (
    INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data)
    SELECT l.storefront_id, l.order_id, l.next, m.mode, 'attempt.lost', 'att_' || replace(l.id::text, '-', ''),
           'system', $2::timestamptz,
           jsonb_build_object('message', 'msg_' || replace(l.message_id::text, '-', ''), 'connection', l.connection,
                              'channel', l.channel)
    FROM lost l JOIN messages m
        ON m.storefront_id = l.storefront_id AND m.order_id = l.order_id AND m.id = l.message_id
),
begun AS (
    INSERT INTO attempts (storefront_id, order_id, id, message_id, number, connection_id, connection, provider,
                          channel, recipient, status, started_at)
    SELECT storefront_id, order_id, id, message_id, number, connection_id, connection, provider, channel, recipient,
           'started', $2::timestamptz
    FROM held
),
said AS (
    INSERT INTO contents (storefront_id, order_id, message_id, channel, template, version, locale, subject, text,
                          html, extras, salt, rendered_at)
    SELECT h.storefront_id, h.order_id, h.message_id, h.channel, c.template, c.version, c.locale, c.subject, c.text,
           c.html, c.extras::jsonb, c.salt, $2::timestamptz
    FROM unnest(
        $13::uuid[], $14::text[], $15::int4[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
        $21::bytea[]
    ) AS c (message_id, template, version, locale, subject, text, html, extras, salt)
    JOIN held h ON h.message_id = c.message_id
    ON CONFLICT DO NOTHING
)
UPDATE messages m SET status = 'sending', attempts = h.number, updated_at = $2::timestamptz
FROM held h WHERE m.storefront_id = h.storefront_id AND m.order_id = h.order_id AND m.id = h.message_id
RETURNING m.id
"""


async def start(
    connection: asyncpg.Connection, departures: Sequence[Departure], token: UUID, now: datetime
) -> set[UUID]:
    """Write the attempts; returns the messages that may leave (the others are no longer in this worker's hands)."""
    attempts = zip(*map(_attempt, departures), strict=True)
    rendered = [_content(departure.claimed, departure.pinned) for departure in departures if departure.pinned]
    contents = zip(*rendered, strict=True) if rendered else [()] * _CONTENT_COLUMNS
    rows = await connection.fetch(_START, token, now, *map(list, attempts), *map(list, contents))
    return {row["id"] for row in rows}


def _attempt(departure: Departure) -> tuple[object, ...]:
    claimed, connection = departure.claimed, departure.connection
    return (
        claimed.storefront_id,
        claimed.order_id,
        claimed.id,
        departure.attempt_id,
        departure.number,
        connection.id,
        connection.name,
        connection.provider,
        claimed.channel,
        claimed.recipient,
    )


_CONTENT_COLUMNS = 9


def _content(claimed: Claimed, pinned: Pinned) -> tuple[object, ...]:
    content = pinned.content
    return (
        claimed.id,
        pinned.template,
        pinned.version,
        pinned.locale,
        content.subject,
        content.text,
        content.html,
        json_text(content.extras),
        pinned.salt,
    )
