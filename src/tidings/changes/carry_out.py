"""Carries out what was approved, in the transaction of the approval itself; the requests that it overtakes lapse."""

from tidings.changes.cancel import cancel
from tidings.changes.lapse import lapse
from tidings.changes.load import HeldRequest, pending_of
from tidings.changes.modify import modify
from tidings.changes.outcome import conclude
from tidings.changes.review import lapse_overtaken
from tidings.changes.rules import overlap
from tidings.kit.db import Tx
from tidings.orders.load import By, party_of
from tidings.orders.reach import change_contact


async def carry_out(tx: Tx, held: HeldRequest, by: By, refund: int | None = None) -> None:
    """Do it, and let everything follow.

    Others that wait and are about the same parts lapse with it: they were asked for of an order that is not so any
    more. What a cancelled order's others come to, its errand sees to (review.py).

    Raises:
        ChangeOvertaken: it is not possible any more.
        RefundTooHigh: `refund`, in minor units, is more than was paid and has not gone back.
    """
    verb = cancel if held.row.kind == "cancellation" else modify
    reached = party_of(held.order.row)
    news = await verb(tx, held, by, refund)
    await conclude(tx, held, "carried_out", by, news)
    await change_contact(tx, held.order, reached, by)
    for row in await pending_of(tx, held.order):
        if overlap(row.parts, held.row.parts):
            await lapse(tx, held.order, row, by.at)
    if held.row.kind == "modification":
        # Nothing may be left here to be cancelled.
        await lapse_overtaken(tx, held.order, by)
