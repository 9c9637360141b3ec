"""Looks from the facts, not from the queue, for promises whose message is owed and has not been sent.

Every message is written in the transaction of its cause, so this should find nothing but what waits for a provider;
it is here because "should" is not a proof. What waits is counted for the alarm; what has lost its work is given new.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from tidings.delivery.states import OPEN
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire

log = structlog.get_logger(__name__)

# Walks the clocks only that run (ix_deadlines_running) or were missed and are not kept yet (ix_deadlines_missed), then
# primary keys: cost by what is late, not by what is stored. A confirmation is not owed while the order is incomplete;
# what else is promised is, and the confirmation of what was received, whatever became of it. What was decided of a
# request is owed once it is decided: till then there is nothing to send.
_LATE = """
WITH d AS (
    SELECT storefront_id, mode, order_id, kind, dedupe_key, due_at FROM deadlines
    WHERE met_at IS NULL AND cancelled_at IS NULL AND missed_at IS NULL AND started_at < $1
    UNION ALL
    SELECT storefront_id, mode, order_id, kind, dedupe_key, due_at FROM deadlines
    WHERE missed_at IS NOT NULL AND met_at IS NULL AND cancelled_at IS NULL
)
SELECT d.storefront_id, d.mode, d.order_id, d.kind, m.id AS message_id, m.status AS message_status, w.id AS work_id
FROM d
JOIN orders o ON o.storefront_id = d.storefront_id AND o.id = d.order_id
LEFT JOIN messages m
    ON m.storefront_id = d.storefront_id AND m.order_id = d.order_id AND m.dedupe_key = d.dedupe_key
LEFT JOIN outbox w ON w.storefront_id = m.storefront_id AND w.id = m.id
WHERE o.notify AND NOT (d.kind = 'order_confirmation' AND o.status = 'incomplete')
  AND (d.kind <> 'change_decided' OR m.id IS NOT NULL)
ORDER BY d.due_at LIMIT $2
"""

_NEW_WORK = """
INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq)
SELECT m.storefront_id, m.id, m.mode, m.order_id, m.channel, m.priority, 'customer', m.order_seq
FROM messages m
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u (storefront_id, order_id, id)
    ON m.storefront_id = u.storefront_id AND m.order_id = u.order_id AND m.id = u.id
WHERE m.status IN ('pending', 'sending')
ON CONFLICT DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the look has found."""

    # Owed for longer than the limit, and no provider has it.
    late: int
    # Had lost their work, and have it again.
    repaired: int
    # Have no message at all.
    missing: int


async def find_unsent(begin: Begin, now: datetime, *, limit: timedelta, most: int = 10_000) -> Unsent:
    """Count messages that are owed for longer than `limit`, and mend what can be mended.

    What waits for a person to call the customer has its work, or is at its end, and is left to them.
    """
    async with begin.across() as tx:
        late = await tx.raw.fetch(_LATE, now - limit, most)
        without = [_key(row) for row in late if _has_lost_its_work(row)]
        repaired = await _give_work(tx, without)
    missing = [row for row in late if row["message_id"] is None]
    for row in missing:
        log.error("message.missing", order=wire("ord", row["order_id"]), milestone=row["kind"])
    return Unsent(late=len(late), repaired=repaired, missing=len(missing))


def _has_lost_its_work(row: asyncpg.Record) -> bool:
    return row["message_id"] is not None and row["work_id"] is None and row["message_status"] in OPEN


def _key(row: asyncpg.Record) -> tuple[UUID, UUID, UUID]:
    return row["storefront_id"], row["order_id"], row["message_id"]


async def _give_work(tx: Tx, without: list[tuple[UUID, UUID, UUID]]) -> int:
    if not without:
        return 0
    tx.wakes_worker = True
    mended = await tx.raw.fetch(_NEW_WORK, *map(list, zip(*without, strict=True)))
    for row in mended:
        log.error("outbox.repaired", message=wire("msg", row["id"]))
    return len(mended)
