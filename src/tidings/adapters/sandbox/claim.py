"""Claims callbacks that are due, and settles them: a lease in `due_at`, fenced by the number of tries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tidings.adapters.sandbox.wire import Callback
from tidings.kit.db import Tx

# Longer than the longest wait for an answer, so that nobody else claims what is still being posted.
LEASE = timedelta(seconds=60)
MOST_AT_ONCE = 200

# One walk along ix_sandbox_callbacks_due, of rows that nobody else is claiming.
_CLAIM = """
WITH picked AS (
    SELECT storefront_id, id FROM sandbox_callbacks WHERE due_at <= $1
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE sandbox_callbacks c SET due_at = $1 + $2, tries = c.tries + 1
    FROM picked p WHERE c.storefront_id = p.storefront_id AND c.id = p.id
    RETURNING c.*
)
SELECT c.storefront_id, c.id, c.attempt_id, c.word, c.code, c.reason, c.said, c.at, c.tries,
       m.connection_id, m.callback_url, m.channel, m.recipient
FROM claimed c JOIN sandbox_messages m ON m.storefront_id = c.storefront_id AND m.attempt_id = c.attempt_id
ORDER BY c.at, c.id
"""

_SETTLE = """
UPDATE sandbox_callbacks c SET answer = s.answer, posted_at = coalesce(s.posted_at, c.posted_at), due_at = s.due_at
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::timestamptz[])
    AS s (storefront_id, id, tries, answer, posted_at, due_at)
WHERE c.storefront_id = s.storefront_id AND c.id = s.id AND c.tries = s.tries
"""

_NEXT_DUE = "SELECT min(due_at) FROM sandbox_callbacks WHERE due_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A callback that is ours to post until its lease ends."""

    storefront_id: UUID
    connection_id: UUID
    url: str
    tries: int
    callback: Callback


@dataclass(frozen=True, slots=True)
class Settled:
    """What a post came to: done, due again, or given up (neither)."""

    claimed: Claimed
    answer: str
    posted_at: datetime | None
    due_at: datetime | None


async def claim(tx: Tx, *, now: datetime) -> list[Claimed]:
    """Callbacks that are due, oldest first; nobody else gets them while the lease lasts."""
    return [_claimed(row) for row in await tx.raw.fetch(_CLAIM, now, LEASE, MOST_AT_ONCE)]


async def settle(tx: Tx, settled: Sequence[Settled]) -> None:
    """Write what became of them, except where somebody else has claimed since."""
    await tx.raw.execute(
        _SETTLE,
        [each.claimed.storefront_id for each in settled],
        [each.claimed.callback.id for each in settled],
        [each.claimed.tries for each in settled],
        [each.answer for each in settled],
        [each.posted_at for each in settled],
        [each.due_at for each in settled],
    )


async def next_due(connection: asyncpg.Connection) -> datetime | None:
    """When the next callback falls due, or a lease runs out."""
    due: datetime | None = await connection.fetchval(_NEXT_DUE)
    return due


def _claimed(row: asyncpg.Record) -> Claimed:
    return Claimed(
        storefront_id=row["storefront_id"],
        connection_id=row["connection_id"],
        url=row["callback_url"],
        tries=row["tries"],
        callback=Callback(
            id=row["id"],
            word=row["word"],
            at=row["at"],
            attempt_id=row["attempt_id"],
            channel=row["channel"],
            recipient=row["recipient"],
            code=row["code"],
            reason=row["reason"],
            text=row["said"],
        ),
    )
