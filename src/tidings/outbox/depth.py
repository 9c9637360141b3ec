"""How much waits in the outbox, and for how long: for metrics and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidings.kit.db import Tx

# Reads the whole work table: small by design, and asked once per scrape.
_DEPTH = """
SELECT queue,
       CASE WHEN parked_at IS NOT NULL THEN 'parked'
            WHEN lease_token IS NOT NULL AND due_at > now() THEN 'leased'
            WHEN due_at > now() THEN 'waiting' ELSE 'due' END AS state,
       count(*) AS rows, coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8 AS oldest
FROM outbox GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits."""

    rows: Mapping[tuple[str, str], int]
    # How long the oldest due one has been due, in seconds, by queue.
    oldest_seconds: Mapping[str, float]


async def depth(tx: Tx) -> Depth:
    """What waits now, by queue and state."""
    found = await tx.raw.fetch(_DEPTH)
    return Depth(
        rows={(row["queue"], row["state"]): row["rows"] for row in found},
        oldest_seconds={row["queue"]: row["oldest"] for row in found if row["state"] == "due"},
    )
