"""Takes a request back: whoever asked does not want it any more, so nobody decides it, and no outcome is owed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.changes.load import HeldRequest, refuse_decided, request_for_update
from tidings.changes.outcome import about_change, drop_decision
from tidings.deadlines.cancel import Promise, cancel_clocks
from tidings.delivery.owe import dedupe_key
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
    owed = Promise(row.storefront_id, row.order_id, dedupe_key("change_decided", held.wire_id, 1))
    await cancel_clocks(tx, [owed], why="the request was withdrawn", now=now)
    return held
