"""Hands a task over: somebody else does it, or by another time."""

from datetime import datetime

from tidings.kit.db import Tx
from tidings.tasks.finish import Cause

_HAND_OVER = """
UPDATE tasks SET owner = $4, due_at = $5
WHERE storefront_id = $1 AND mode = $2 AND dedupe_key = $3 AND status = 'open'
"""


async def hand_over_task(tx: Tx, cause: Cause, *, owner: str | None, due_at: datetime | None) -> None:
    """Let the open task of this cause, if there is one, be this person's, to be done by then."""
    await tx.raw.execute(_HAND_OVER, cause.storefront_id, cause.mode, f"{cause.kind}:{cause.about}", owner, due_at)
