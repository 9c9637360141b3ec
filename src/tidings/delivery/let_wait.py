"""Lets a message wait for something that it tells of, and go when that is there; never longer than it is told to."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tidings.kit.db import Tx
from tidings.storefronts.kinds import Milestone

# Along the primary keys; a message in somebody's hands is left to them.
_LET_WAIT = """
UPDATE outbox o SET due_at = now() + $4
FROM messages m
WHERE m.storefront_id = $1 AND m.order_id = $2 AND m.milestone = $3 AND m.status = 'pending'
  AND o.storefront_id = m.storefront_id AND o.id = m.id AND o.lease_token IS NULL AND o.parked_at IS NULL
"""

_LET_GO = """
UPDATE outbox o SET due_at = now()
FROM messages m
WHERE m.storefront_id = $1 AND m.order_id = $2 AND m.milestone = ANY ($3::text[]) AND m.status = 'pending'
  AND o.storefront_id = m.storefront_id AND o.id = m.id AND o.lease_token IS NULL AND o.parked_at IS NULL
  AND o.due_at > now()
"""


async def let_wait(tx: Tx, order_id: UUID, milestone: Milestone, *, most: timedelta) -> None:
    """Let an order's messages of this milestone wait until they are let go, so long at most."""
    await tx.flush()
    await tx.raw.execute(_LET_WAIT, tx.scope.storefront_id, order_id, milestone, most)


async def let_go(tx: Tx, order_id: UUID, milestones: Sequence[Milestone]) -> None:
    """What they waited for is there, or will not come: they go now."""
    await tx.flush()
    await tx.raw.execute(_LET_GO, tx.scope.storefront_id, order_id, list(milestones))
    tx.wakes_worker = True
