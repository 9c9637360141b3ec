"""Lets work wait without holding up what comes after it: it waits for a person, or for a connection."""

from collections.abc import Sequence
from uuid import UUID

from tidings.kit.db import Tx

# Its own: nothing else is in this lane but what waits as well.
ASIDE_LANE = "aside"

_ASIDE = """
UPDATE outbox o SET lane = $3 FROM unnest($1::uuid[], $2::uuid[]) AS w (storefront_id, id)
WHERE o.storefront_id = w.storefront_id AND o.id = w.id AND o.lane <> $3
"""


async def step_aside(tx: Tx, these: Sequence[tuple[UUID, UUID]]) -> None:
    """Let this work, as (storefront, id), leave the order of its facts."""
    if these:
        storefronts, works = map(list, zip(*these, strict=True))
        await tx.raw.execute(_ASIDE, storefronts, works, ASIDE_LANE)
