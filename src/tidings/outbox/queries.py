"""Looks at the work without touching it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tidings.kit.db import Tx
from tidings.outbox.tables import OutboxRow

_PARKED = """
SELECT o.id FROM outbox o JOIN unnest($1::uuid[], $2::uuid[]) AS k (storefront_id, id) USING (storefront_id, id)
WHERE o.parked_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that is still to be done."""

    # When it may be claimed; for work in somebody's hands, when their lease ends.
    due_at: datetime
    in_hands: bool
    parked_at: datetime | None
    # Older work of the same order leaves first.
    after_others: bool


async def parked_among(tx: Tx, these: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Which of these pieces of work, as (storefront, id), are parked."""
    rows = await tx.raw.fetch(_PARKED, [storefront for storefront, _ in these], [work for _, work in these])
    return {row["id"] for row in rows}


async def waiting(tx: Tx, storefront_id: UUID, work: UUID) -> Waiting | None:
    """What is still to be done under this id; None when nothing is."""
    row = (
        await tx.session.scalars(
            select(OutboxRow).where(OutboxRow.storefront_id == storefront_id, OutboxRow.id == work)
        )
    ).one_or_none()
    if row is None:
        return None
    older = select(OutboxRow.id).where(
        OutboxRow.storefront_id == storefront_id,
        OutboxRow.order_id == row.order_id,
        OutboxRow.lane == row.lane,
        OutboxRow.order_seq < row.order_seq,
    )
    now = (await tx.session.execute(select(func.now()))).scalar_one()
    return Waiting(
        due_at=row.due_at,
        in_hands=row.lease_token is not None and row.due_at > now,
        parked_at=row.parked_at,
        after_others=(await tx.session.scalars(older.limit(1))).first() is not None,
    )
