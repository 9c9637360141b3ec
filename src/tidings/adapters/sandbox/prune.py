"""Forget what has lain in the inbox for long: it holds addresses and words of customers, and nobody needs it twice."""

from datetime import datetime, timedelta

from tidings.kit.db import Begin

KEPT_FOR = timedelta(days=7)
_AT_ONCE = 1000

# Callbacks go with their messages, by the foreign key.
_PRUNE = """
DELETE FROM sandbox_messages m USING (
    SELECT storefront_id, attempt_id FROM sandbox_messages WHERE received_at < $1 ORDER BY received_at LIMIT $2
) AS old
WHERE m.storefront_id = old.storefront_id AND m.attempt_id = old.attempt_id
RETURNING 1
"""


async def prune(begin: Begin, *, now: datetime) -> int:
    """Delete messages older than a week, a thousand per transaction; answers how many."""
    total = 0
    while True:
        async with begin.across() as tx:
            gone = len(await tx.raw.fetch(_PRUNE, now - KEPT_FOR, _AT_ONCE))
        total += gone
        if gone < _AT_ONCE:
            return total
