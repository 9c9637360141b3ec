"""What people are asked to do about an order, by cause, so that it can be taken back when the cause is gone."""

from datetime import datetime

from tidings.kit.db import Tx
from tidings.orders.load import HeldOrder
from tidings.tasks.finish import Cause, drop_tasks, drop_tasks_of_orders


def completion_cause(tx: Tx, order: HeldOrder) -> Cause:
    """It lacks something."""
    return Cause(order.row.storefront_id, tx.scope.mode, "complete_order", order.wire_id)


def check_cause(tx: Tx, order: HeldOrder, check: str) -> Cause:
    """Nobody says whether it is paid, or in stock."""
    return Cause(order.row.storefront_id, tx.scope.mode, "verify_by_hand", f"{order.wire_id}:{check}")


async def drop_all_chores(tx: Tx, order: HeldOrder, *, why: str, now: datetime) -> None:
    """Nothing needs to be done about the order any more, but to find out whether it was paid: that must go back."""
    checks = ("stock",) if order.row.payment_check == "pending" else ("payment", "stock")
    unverified = [check_cause(tx, order, check) for check in checks]
    await drop_tasks(tx, [completion_cause(tx, order), *unverified], why=why, now=now)
    await drop_collection(tx, order, why=why, now=now)


async def drop_collection(tx: Tx, order: HeldOrder, *, why: str, now: datetime) -> int:
    """Nobody needs to collect what the order has become dearer by; says how much that was, in minor units."""
    dropped = await drop_tasks_of_orders(tx, [order.row.id], "collect_payment", why=why, now=now)
    return sum(data["amount"] for data in dropped)
