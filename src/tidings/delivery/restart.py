"""Lets the clocks run again that were stopped by messages which came back; but not where another one keeps the promise.

A resend tells of the same; it went out while the first one was still thought to have arrived, and stopped no clock.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from tidings.deadlines.hand_over import HandingOver, hand_over
from tidings.deadlines.reopen import Reopening, reopen
from tidings.delivery.held import HeldMessage
from tidings.delivery.owe import same_clock
from tidings.kit.db import Tx
from tidings.kit.ids import wire

# Along the primary key: an order has few messages. Held, so that whoever hears meanwhile that the other one came back
# too finds the clock in its hands.
_KEEPERS = """
SELECT f.place, k.id, k.at FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
    WITH ORDINALITY AS f (storefront_id, order_id, id, stem, place)
CROSS JOIN LATERAL (
    SELECT m.id, coalesce(m.sent_at, m.updated_at) AS at FROM messages m
    WHERE m.storefront_id = f.storefront_id AND m.order_id = f.order_id AND m.id <> f.id
      AND starts_with(m.dedupe_key, f.stem) AND m.status IN ('sent', 'delivered')
    ORDER BY m.sent_at, m.id LIMIT 1
    FOR SHARE
) k
ORDER BY f.place
"""


async def restart_clocks(tx: Tx, fallen: Sequence[HeldMessage], *, now: datetime) -> None:
    """Let the clocks run again that these messages had stopped, where no other message of the same keeps them."""
    if not fallen:
        return
    keys = [(row.storefront_id, row.order_id, row.id, same_clock(row.dedupe_key)) for row in fallen]
    keepers = await tx.raw.fetch(_KEEPERS, *map(list, zip(*keys, strict=True)))
    await hand_over(tx, [_handing_over(fallen[keeper["place"] - 1], keeper) for keeper in keepers], now=now)
    await reopen(tx, [Reopening(row.storefront_id, row.order_id, wire("msg", row.id)) for row in fallen], now=now)


def _handing_over(row: HeldMessage, keeper: asyncpg.Record) -> HandingOver:
    met_by, by = wire("msg", row.id), wire("msg", keeper["id"])
    return HandingOver(row.storefront_id, row.order_id, met_by, by, keeper["at"])
