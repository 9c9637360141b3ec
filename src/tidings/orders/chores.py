"""What people are asked to do about an order, by cause, so that it can be taken back when the cause is gone."""

from datetime import datetime

from tidings.kit.db import Tx
from tidings.orders.load import HeldOrder
from tidings.tasks.finish import Cause, drop_tasks


def completion_cause(tx: Tx, order: HeldOrder) -> Cause:
    """It lacks something."""
    return Cause(order.row.storefront_id, tx.scope.mode, "complete_order", order.wire_id)


async def drop_all_chores(tx: Tx, order: HeldOrder, *, why: str, now: datetime) -> None:
    """Nothing needs to be done about the order any more."""
    await drop_tasks(tx, [completion_cause(tx, order)], why=why, now=now)
