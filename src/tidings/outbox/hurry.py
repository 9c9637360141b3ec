"""Makes what waits on a route due now: a connection was added or mended."""

from tidings.kit.db import Tx

# Only what nobody holds and no person must look at first.
_HURRY = """
UPDATE outbox SET due_at = now()
WHERE storefront_id = $1 AND mode = $2 AND queue = $3 AND due_at > now() AND lease_token IS NULL AND parked_at IS NULL
"""


async def hurry(tx: Tx, queue: str) -> None:
    """Let this scope's messages of one channel go now instead of at their next try."""
    await tx.raw.execute(_HURRY, tx.scope.storefront_id, tx.scope.mode, queue)
    tx.wakes_worker = True
