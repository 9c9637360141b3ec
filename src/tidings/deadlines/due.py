"""Tells when promises fall due, for whoever must keep them by hand."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tidings.kit.db import Tx


class ClockKey(NamedTuple):
    """A clock by its unique key."""

    storefront_id: UUID
    order_id: UUID
    # The message's; see DeadlineRow.
    dedupe_key: str


# Joined on the unique key.
_DUE = """
SELECT d.storefront_id, d.order_id, d.dedupe_key, d.due_at FROM deadlines d
JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS k (storefront_id, order_id, dedupe_key)
    USING (storefront_id, order_id, dedupe_key)
WHERE d.met_at IS NULL AND d.cancelled_at IS NULL
"""


async def due_times(tx: Tx, clocks: Collection[ClockKey]) -> dict[ClockKey, datetime]:
    """When these promises are to be kept, as far as their clocks are there and still run."""
    if not clocks:
        return {}
    rows = await tx.raw.fetch(_DUE, *map(list, zip(*clocks, strict=True)))
    return {ClockKey(*row[:3]): row["due_at"] for row in rows}
