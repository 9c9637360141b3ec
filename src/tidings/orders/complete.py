"""Completes an incomplete order: what was missing has come, so it is received, and its confirmation is owed."""

from collections.abc import Sequence
from datetime import datetime

from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of
from tidings.orders.move import move
from tidings.tasks.finish import Cause, drop_tasks


async def complete_order(tx: Tx, order: HeldOrder, by: By, changed: Sequence[str]) -> None:
    """Move an order that lacks nothing any more on to `received`.

    Args:
        tx: the transaction that holds the order.
        order: rewritten, its `missing` empty.
        by: who told what was missing, and when.
        changed: pointers to what was told.
    """
    move(order, "received", by.at)
    await follow(tx, [fact_of(order, "order_made_complete", by, About(data={"changed": list(changed)}))])
    await drop_completion_task(tx, order, why="the order is complete", now=by.at)


async def drop_completion_task(tx: Tx, order: HeldOrder, *, why: str, now: datetime) -> None:
    """Nobody needs to find out any more what the order lacks."""
    cause = Cause(order.row.storefront_id, tx.scope.mode, "complete_order", order.wire_id)
    await drop_tasks(tx, [cause], why=why, now=now)
