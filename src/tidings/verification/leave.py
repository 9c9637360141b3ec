"""Leaves an errand about an order in hand."""

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.outbox.kinds import ErrandKind
from tidings.outbox.leave import Errand, leave_errands


async def leave_errand(tx: Tx, order: HeldOrder, kind: ErrandKind, by: By) -> None:
    """Have this done about it at once, after the commit."""
    errand = Errand(
        storefront_id=order.row.storefront_id,
        mode=tx.scope.mode,
        order_id=order.row.id,
        kind=kind,
        subject=order.wire_id,
        due_at=by.at,
    )
    await leave_errands(tx, errand)
