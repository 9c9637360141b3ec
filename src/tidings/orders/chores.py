"""What people are asked to do about an order, by cause, so that it can be taken back when the cause is gone."""

from datetime import datetime
from typing import Literal

from tidings.kit.db import Tx
from tidings.orders.load import HeldOrder
from tidings.tasks.finish import Cause, drop_tasks

_CHECKS: tuple[Literal["payment", "stock"], ...] = ("payment", "stock")


def completion_cause(tx: Tx, order: HeldOrder) -> Cause:
    """It lacks something."""
    return Cause(order.row.storefront_id, tx.scope.mode, "complete_order", order.wire_id)


def check_cause(tx: Tx, order: HeldOrder, check: Literal["payment", "stock"]) -> Cause:
    """Its payment or stock check failed."""
    return Cause(order.row.storefront_id, tx.scope.mode, "check_failed", f"{order.wire_id}:{check}")


async def drop_all_chores(tx: Tx, order: HeldOrder, *, why: str, now: datetime) -> None:
    """Nothing needs to be done about the order any more."""
    causes = [completion_cause(tx, order), *(check_cause(tx, order, check) for check in _CHECKS)]
    await drop_tasks(tx, causes, why=why, now=now)
