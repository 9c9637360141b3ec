"""Makes what waits due now: a connection was added or mended, goods have come in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.outbox.kinds import ErrandKind

# Only what nobody holds and no person must look at first.
_HURRY = """
UPDATE outbox SET due_at = now()
WHERE storefront_id = $1 AND mode = $2 AND queue = $3 AND due_at > now() AND lease_token IS NULL AND parked_at IS NULL
"""

# The oldest order first. An errand in somebody's hands is left to them.
_HURRY_ERRANDS = """
UPDATE errands e SET due_at = $4 - waiting.place * interval '1 microsecond'
FROM (
    SELECT id, row_number() OVER (ORDER BY order_id DESC) AS place FROM errands
    WHERE storefront_id = $1 AND mode = $2 AND kind = $3 AND due_at > $4 AND lease_until IS NULL
      AND parked_at IS NULL AND ($5::text[] IS NULL OR data -> 'lacks' ?| $5)
) waiting
WHERE e.storefront_id = $1 AND e.id = waiting.id AND e.lease_until IS NULL
"""


async def hurry(tx: Tx, queue: str) -> None:
    """Let this scope's messages of one channel go now instead of at their next try."""
    await tx.raw.execute(_HURRY, tx.scope.storefront_id, tx.scope.mode, queue)
    tx.wakes_worker = True


async def hurry_errands(tx: Tx, kind: ErrandKind, now: datetime, *, lacking: Collection[str] | None = None) -> None:
    """Let this scope's errands of one kind go now; with `lacking`, those alone that wait for any of it (`lacks`)."""
    await tx.flush()
    await tx.raw.execute(_HURRY_ERRANDS, tx.scope.storefront_id, tx.scope.mode, kind, now, lacking)
    tx.wakes_worker = True


# By ix_errands_order_id.
_HURRY_ERRAND = """
UPDATE errands SET due_at = CASE WHEN lease_until IS NULL THEN least(due_at, $4) ELSE due_at END
WHERE storefront_id = $1 AND order_id = $2 AND kind = $3 AND parked_at IS NULL
RETURNING id
"""


async def hurry_errand_of(tx: Tx, order_id: UUID, kind: ErrandKind, now: datetime) -> bool:
    """Let an order's errand of one kind go now; says whether there is one, or somebody has it in hand."""
    await tx.flush()
    tx.wakes_worker = True
    return bool(await tx.raw.fetch(_HURRY_ERRAND, tx.scope.storefront_id, order_id, kind, now))
