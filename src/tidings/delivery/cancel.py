"""Takes a message back while it has not left; the promise behind it stays, and its clock runs on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tidings.delivery.chores import chores
from tidings.delivery.errors import HasLeft
from tidings.delivery.lookup import message_by_id
from tidings.delivery.states import OPEN
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.again import drop_work
from tidings.records.append import Entry, append
from tidings.tasks.finish import drop_tasks

# An attempt of any other status may have reached the customer, or still may.
_CERTAINLY_NOT = ("failed", "bounced")


@dataclass(frozen=True, slots=True)
class CancelMessage:
    """Somebody does not want it to go out."""

    # None when the caller named what cannot be a message.
    message_id: UUID | None
    actor: str
    reason: str | None = None


async def cancel_message(tx: Tx, command: CancelMessage, *, now: datetime) -> UUID:
    """Take the message back.

    Raises:
        NotFound: there is no such message.
        HasLeft: it has left, or may have, or it has come to its end otherwise.
    """
    row = await message_by_id(tx, command.message_id, lock=True)
    if row.status not in OPEN or await _may_have_left(tx, row):
        raise HasLeft(message_status=row.status)
    # A worker that has it in hand finds its work gone before it sends.
    await drop_work(tx, [(row.storefront_id, row.id)])
    row.status, row.updated_at = "cancelled", now
    row.reason = f"taken back: {command.reason}" if command.reason else "taken back"
    await append(tx, _entry(tx, row, command, now))
    solved = chores(row.storefront_id, tx.scope.mode, row.id)
    await drop_tasks(tx, solved, why="the message was taken back", now=now)
    return row.id


def _entry(tx: Tx, row: MessageRow, command: CancelMessage, now: datetime) -> Entry:
    return Entry(
        storefront_id=row.storefront_id,
        order_id=row.order_id,
        mode=tx.scope.mode,
        kind="message.cancelled",
        subject=wire("msg", row.id),
        actor=command.actor,
        at=now,
        data={"milestone": row.milestone, "channel": row.channel},
        words={"reason": command.reason},
    )


async def _may_have_left(tx: Tx, row: MessageRow) -> bool:
    wanted = select(AttemptRow.id).where(
        AttemptRow.storefront_id == row.storefront_id,
        AttemptRow.order_id == row.order_id,
        AttemptRow.message_id == row.id,
        AttemptRow.status.not_in(_CERTAINLY_NOT),
    )
    return (await tx.session.scalars(wanted.limit(1))).first() is not None
