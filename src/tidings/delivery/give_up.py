"""Gives a planned call up: nobody will ring the customer. What can still go otherwise goes on."""

from datetime import datetime
from uuid import UUID

from tidings.delivery.lookup import message_by_id
from tidings.delivery.states import OPEN
from tidings.delivery.tables import MessageRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.again import drop_work
from tidings.records.append import Entry, append


async def give_up_call(tx: Tx, message_id: UUID | None, *, actor: str, reason: str, now: datetime) -> None:
    """Take the call out of the message's plan; one that has only waited for it is at its end.

    Raises:
        NotFound: there is no such message.
    """
    row = await message_by_id(tx, message_id, lock=True)
    if row.status in OPEN:
        await _without_call(tx, row)
    row.reason, row.updated_at = f"the call was given up: {reason}", now
    await tx.flush()
    await append(
        tx,
        Entry(
            storefront_id=row.storefront_id,
            order_id=row.order_id,
            mode=tx.scope.mode,
            kind="message.dropped",
            subject=wire("msg", row.id),
            actor=actor,
            at=now,
            data={"milestone": row.milestone, "channel": "voice"},
            words={"reason": reason},
        ),
    )


async def _without_call(tx: Tx, row: MessageRow) -> None:
    others = [entry for entry in row.plan if entry["channel"] != "voice"]
    if row.channel == "voice" or not others:
        # What was tried before it had failed already.
        row.status = "failed" if row.attempts else "cancelled"
        await drop_work(tx, [(row.storefront_id, row.id)])
        return
    now_tried = row.plan[row.step]
    row.plan, row.step = others, others.index(now_tried)
