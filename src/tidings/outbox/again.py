"""Puts work back, or takes it away, for whoever has heard something new about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tidings.kit.db import Tx
from tidings.outbox.append import Work


@dataclass(frozen=True, slots=True)
class Again:
    """Work that must be done (once more), and after which wait."""

    work: Work
    delay: timedelta = timedelta()


# Whoever had it in hand loses it: the token is gone, so that neither a start nor a settle of theirs counts.
_PUT_BACK = """
INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq, due_at)
SELECT w.storefront_id, w.id, w.mode, w.order_id, w.queue, w.priority, w.lane, w.order_seq,
       now() + make_interval(secs => w.delay)
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::int2[], $7::text[], $8::int4[], $9::float8[]
) AS w (storefront_id, id, mode, order_id, queue, priority, lane, order_seq, delay)
ON CONFLICT (storefront_id, id) DO UPDATE
SET queue = excluded.queue, due_at = excluded.due_at, lease_token = NULL, lease_owner = NULL, lost_leases = 0,
    parked_at = NULL
"""

_DROP = """
DELETE FROM outbox o USING unnest($1::uuid[], $2::uuid[]) AS w (storefront_id, id)
WHERE o.storefront_id = w.storefront_id AND o.id = w.id
RETURNING o.id
"""


async def put_back(tx: Tx, these: Sequence[Again]) -> None:
    """Make this work due after its wait, whether it was there or not."""
    if not these:
        return
    tx.wakes_worker = True
    rows = [
        (w.storefront_id, w.id, w.mode, w.order_id, w.queue, w.priority, w.lane, w.order_seq, one.delay.total_seconds())
        for one in these
        for w in (one.work,)
    ]
    await tx.raw.execute(_PUT_BACK, *map(list, zip(*rows, strict=True)))


async def drop_work(tx: Tx, these: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Take this work away, as (storefront, id); says which was still there."""
    if not these:
        return set()
    rows = await tx.raw.fetch(_DROP, [storefront for storefront, _ in these], [work for _, work in these])
    return {row["id"] for row in rows}
