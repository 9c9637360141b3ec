"""Releases a hold: what it kept goes its way, by its time or by the erasure that had to leave it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.outbox.leave import Errand, leave_errands
from tidings.records.append import append
from tidings.retention.errors import HoldReleased
from tidings.retention.held import keep_deletions_out
from tidings.retention.place import entry_of
from tidings.retention.tables import ErasureRow, HoldRow


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """It need not be kept for this any more."""

    # None when the caller named what cannot be a hold.
    hold_id: UUID | None
    reason: str | None
    actor: str


# What the hold had kept lies behind the marks: everything is looked at once more.
_LOOK_ANEW = "DELETE FROM retention_marks WHERE storefront_id = $1 AND mode = $2"


async def release_hold(tx: Tx, command: ReleaseHold, *, now: datetime) -> HoldRow:
    """Release the hold; whoever deletes this moment has seen it, and is followed by what is left here to be done.

    Raises:
        NotFound: there is no such hold.
        HoldReleased: it was released before.
    """
    await keep_deletions_out(tx, tx.scope.storefront_id)
    row = await hold_by_id(tx, command.hold_id, lock=True)
    if row.released_at is not None:
        raise HoldReleased(released_at=row.released_at.isoformat())
    row.released_at, row.released_by, row.release_reason = now, command.actor, command.reason
    await tx.flush()
    await tx.raw.execute(_LOOK_ANEW, tx.scope.storefront_id, tx.scope.mode)
    await _go_on_erasing(tx, now)
    await append(tx, entry_of(row, "hold.released", command.actor, now))
    return row


async def hold_by_id(tx: Tx, hold_id: UUID | None, *, lock: bool = False) -> HoldRow:
    """One hold.

    Raises:
        NotFound: there is no such hold of the transaction's storefront and mode.
    """
    wanted = select(HoldRow).where(
        HoldRow.storefront_id == tx.scope.storefront_id, HoldRow.mode == tx.scope.mode, HoldRow.id == hold_id
    )
    row = (await tx.session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def _go_on_erasing(tx: Tx, now: datetime) -> None:
    """Erasures that a hold stopped are tried again; another hold may stop them again. One that runs sees for itself."""
    scope = tx.scope
    stopped = select(ErasureRow).where(
        ErasureRow.storefront_id == scope.storefront_id,
        ErasureRow.mode == scope.mode,
        ErasureRow.status.in_(("partly", "refused")),
    )
    errands = [
        Errand(scope.storefront_id, scope.mode, scope.storefront_id, "erase_person", wire("ers", row.id), now)
        for row in await tx.session.scalars(stopped.order_by(ErasureRow.id))
        if row.held or row.person
    ]
    if errands:
        await leave_errands(tx, *errands)
