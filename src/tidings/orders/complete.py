"""Completes an incomplete order: what was missing has come, so it is received, and its confirmation is owed."""

from collections.abc import Sequence

from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.chores import completion_cause
from tidings.orders.load import About, By, HeldOrder, fact_of
from tidings.orders.move import move
from tidings.tasks.finish import drop_tasks


async def complete_order(tx: Tx, order: HeldOrder, by: By, changed: Sequence[str]) -> None:
    """Move an order that lacks nothing any more on to `received`.

    Args:
        tx: the transaction that holds the order.
        order: rewritten, its `missing` empty.
        by: who told what was missing, and when.
        changed: pointers to what was told.
    """
    move(order, "received", by.at, despite_hold=True)
    await follow(tx, [fact_of(order, "order.made_complete", by, About(data={"changed": list(changed)}))])
    await drop_tasks(tx, [completion_cause(tx, order)], why="the order is complete", now=by.at)
