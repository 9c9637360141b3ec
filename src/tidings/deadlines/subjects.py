"""Tells what the promises of one kind are about."""

from uuid import UUID

from tidings.kit.db import Tx

# By the order's few clocks.
_SUBJECTS = """
SELECT split_part(d.dedupe_key, ':', 2) AS subject, bool_or(d.met_at IS NULL AND d.cancelled_at IS NULL) AS runs
FROM deadlines d WHERE d.storefront_id = $1 AND d.order_id = $2 AND d.kind = $3
GROUP BY 1
"""


async def promised_subjects(tx: Tx, order_id: UUID, kind: str) -> dict[str, bool]:
    """What this order's promises of one kind are about, as wire ids, and whether the clock still runs."""
    rows = await tx.raw.fetch(_SUBJECTS, tx.scope.storefront_id, order_id, kind)
    return {row["subject"]: row["runs"] for row in rows}
