"""Lets parked errands be tried again, once somebody has looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.outbox.kinds import ErrandKind


@dataclass(frozen=True, slots=True)
class ParkedErrand:
    """Something that the machine must do, and has tried in vain too often."""

    order_id: UUID
    kind: str
    subject: str
    tries: int

    @property
    def cause(self) -> str:
        """What the task about it names."""
        return f"{self.kind}:{self.subject}"


_PARKED = """
SELECT order_id, kind, subject, tries FROM errands
WHERE storefront_id = $1 AND mode = $2 AND parked_at IS NOT NULL
ORDER BY parked_at, id
"""

_RESUME = """
UPDATE errands e SET parked_at = NULL, due_at = $3, tries = 0
FROM errands before
WHERE e.storefront_id = $1 AND e.mode = $2 AND e.parked_at IS NOT NULL
  AND before.storefront_id = e.storefront_id AND before.id = e.id
RETURNING e.order_id, e.kind, e.subject, before.tries
"""


async def parked_errands(tx: Tx) -> Sequence[ParkedErrand]:
    """Those of the transaction's storefront and mode, what was parked first first."""
    return [ParkedErrand(**row) for row in await tx.raw.fetch(_PARKED, tx.scope.storefront_id, tx.scope.mode)]


async def resume_errands(tx: Tx, now: datetime) -> Sequence[ParkedErrand]:
    """Make all of them due now; says which they were."""
    tx.wakes_worker = True
    rows = await tx.raw.fetch(_RESUME, tx.scope.storefront_id, tx.scope.mode, now)
    return [ParkedErrand(**row) for row in rows]


_PARKED_OF_ORDER = """
SELECT subject FROM errands
WHERE storefront_id = $1 AND order_id = $2 AND kind = $3 AND parked_at IS NOT NULL
"""


async def parked_subjects(tx: Tx, order_id: UUID, kind: ErrandKind) -> set[str]:
    """What the parked errands of one kind about an order are about; through ix_errands_order_id."""
    rows = await tx.raw.fetch(_PARKED_OF_ORDER, tx.scope.storefront_id, order_id, kind)
    return {row["subject"] for row in rows}
