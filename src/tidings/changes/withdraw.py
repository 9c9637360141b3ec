"""Takes a request back: whoever asked does not want it any more, so nobody decides it, and no outcome is owed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.changes.load import HeldRequest, refuse_decided, request_for_update
from tidings.changes.outcome import about_change, drop_decision
from tidings.deadlines.cancel import CancelClocks, cancel_clocks
from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, fact_of


@dataclass(frozen=True, slots=True)
class WithdrawChange:
    """This is not wanted any more."""

    request_id: UUID | None
    # For the record.
    reason: str | None
    actor: str


async def withdraw_change(tx: Tx, command: WithdrawChange, *, now: datetime) -> HeldRequest:
    """End a pending request; who withdraws it knows, so nobody is told.

    Raises:
        NotFound: there is no such request.
        ChangeDecided: it has its outcome already.
    """
    held = await request_for_update(tx, command.request_id)
    refuse_decided(held)
    row, by = held.row, By(command.actor, now)
    row.status, row.decided_at, row.decided_by = "withdrawn", now, command.actor
    row.decision_reason = command.reason
    await tx.flush()
    await follow(tx, [fact_of(held.order, "change.withdrawn", by, about_change(held))])
    await drop_decision(tx, held, by, why="the request was withdrawn")
    owed = CancelClocks(row.order_id, held.wire_id, "the request was withdrawn", command.actor, ("change_decided",))
    await cancel_clocks(tx, owed, now=now)
    return held
