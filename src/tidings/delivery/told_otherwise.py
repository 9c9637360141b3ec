"""Takes messages back whose news the customer has from a person: what is dead stays so, what waits need not go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tidings.delivery.chores import chores
from tidings.delivery.states import OPEN
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.again import drop_work
from tidings.records.append import Entry, append
from tidings.tasks.finish import drop_tasks

_DEAD: Final = ("failed", "suppressed")
# An attempt of any other status may have reached the customer, or still may.
_CERTAINLY_NOT: Final = ("failed", "bounced")


@dataclass(frozen=True, slots=True)
class ToldOtherwise:
    """The customer knows."""

    order_id: UUID
    # What of, and what that is about, as a wire id.
    milestone: str
    subject: str
    # Who told them.
    actor: str
    # Whether what still waits is taken back as well; what would ring the customer's telephone always is.
    withdraws: bool = False


async def told_otherwise(tx: Tx, what: ToldOtherwise, *, now: datetime) -> list[UUID]:
    """Cancel the dead messages of this, and (if that is wanted) those that have not left; which they were."""
    found = await _messages(tx, what)
    gone = [row for row in found if row.status in _DEAD or await _may_be_withdrawn(tx, row, what)]
    for row in gone:
        row.status, row.reason, row.updated_at = "cancelled", f"told by {what.actor}", now
    await tx.flush()
    # A worker that has one in hand finds its work gone before it sends.
    await drop_work(tx, [(row.storefront_id, row.id) for row in gone])
    causes = [cause for row in gone for cause in chores(row.storefront_id, tx.scope.mode, row.id)]
    await drop_tasks(tx, causes, why="the customer was told", now=now)
    await append(tx, *(_entry(tx, row, what, now) for row in gone))
    return [row.id for row in gone]


async def _messages(tx: Tx, what: ToldOtherwise) -> Sequence[MessageRow]:
    wanted = (
        select(MessageRow)
        .where(
            MessageRow.storefront_id == tx.scope.storefront_id,
            MessageRow.order_id == what.order_id,
            MessageRow.milestone == what.milestone,
            MessageRow.subject == what.subject,
            MessageRow.status.in_((*_DEAD, *OPEN)),
        )
        .order_by(MessageRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await tx.session.scalars(wanted)).all()


async def _may_be_withdrawn(tx: Tx, row: MessageRow, what: ToldOtherwise) -> bool:
    if not what.withdraws and row.channel != "voice":
        return False
    left = select(AttemptRow.id).where(
        AttemptRow.storefront_id == row.storefront_id,
        AttemptRow.order_id == row.order_id,
        AttemptRow.message_id == row.id,
        AttemptRow.status.not_in(_CERTAINLY_NOT),
    )
    return (await tx.session.scalars(left.limit(1))).first() is None


def _entry(tx: Tx, row: MessageRow, what: ToldOtherwise, now: datetime) -> Entry:
    data = {"milestone": row.milestone, "channel": row.channel, "reason": "the customer was told otherwise"}
    return Entry(
        row.storefront_id, row.order_id, tx.scope.mode, "message.cancelled", wire("msg", row.id), what.actor, now, data
    )
