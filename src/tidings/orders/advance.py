"""Lets an order go on to processing, once it waits for nothing any more (SOP 4.3)."""

from tidings.milestones.facts import Fact
from tidings.orders.load import By, HeldOrder, fact_of
from tidings.orders.move import move


def advance(order: HeldOrder, by: By) -> list[Fact]:
    """The fact that it is being processed, if it is now: both checks passed, and no issue open."""
    row = order.row
    if row.status != "received" or row.on_hold or not row.payment_check == row.stock_check == "passed":
        return []
    move(order, "processing", by.at)
    return [fact_of(order, "processing.started", by)]
