"""Cancels the clocks of promises that need not be kept any more: what they were about has gone away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.deadlines.stopped import COLUMNS, StoppedClock, drop_promise_tasks
from tidings.kit.db import Tx
from tidings.records.append import append


@dataclass(frozen=True, slots=True)
class CancelClocks:
    """Cancel what still runs about this."""

    order_id: UUID
    # What the promises are about, as a wire id.
    subject: str
    # In a few words, for the record.
    why: str
    actor: str
    # Only the clocks of these milestones; none named: of all.
    milestones: Collection[str] = ()


# By the unique key's first columns: an order has few clocks.
_CANCEL = f"""
UPDATE deadlines SET cancelled_at = $5
WHERE storefront_id = $1 AND order_id = $2 AND split_part(dedupe_key, ':', 2) = $3
  AND (cardinality($4::text[]) = 0 OR kind = ANY($4)) AND met_at IS NULL AND cancelled_at IS NULL
RETURNING {COLUMNS}
"""  # noqa: S608 - names of our own


async def cancel_clocks(tx: Tx, command: CancelClocks, *, now: datetime) -> int:
    """Cancel the clocks that still run about one thing, and drop the tasks about them; says how many there were."""
    await tx.flush()
    rows = await tx.raw.fetch(
        _CANCEL, tx.scope.storefront_id, command.order_id, command.subject, list(command.milestones), now
    )
    clocks = [StoppedClock.of(row) for row in rows]
    await _tell(tx, clocks, why=command.why, actor=command.actor, now=now)
    return len(clocks)


# By the same unique key.
_CANCEL_ALL = f"""
UPDATE deadlines SET cancelled_at = $3
WHERE storefront_id = $1 AND order_id = ANY($2) AND met_at IS NULL AND cancelled_at IS NULL
RETURNING {COLUMNS}
"""  # noqa: S608 - names of our own


async def cancel_clocks_of(tx: Tx, order_ids: Collection[UUID], *, why: str, actor: str, now: datetime) -> int:
    """Cancel all clocks that still run about these orders, and drop the tasks about them; says how many there were."""
    await tx.flush()
    rows = await tx.raw.fetch(_CANCEL_ALL, tx.scope.storefront_id, sorted(order_ids), now)
    clocks = [StoppedClock.of(row) for row in rows]
    await _tell(tx, clocks, why=why, actor=actor, now=now)
    return len(clocks)


async def _tell(tx: Tx, clocks: Sequence[StoppedClock], *, why: str, actor: str, now: datetime) -> None:
    await drop_promise_tasks(tx, clocks, why=why, now=now)
    await append(tx, *(clock.entry("deadline.cancelled", actor=actor, at=now, why=why) for clock in clocks))
