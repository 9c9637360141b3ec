"""Carries out `expire_unpaid`: an order that is still unpaid by now is cancelled, and its customer told."""

from tidings.issues.settle_all import settle_all_issues
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.orders.cancel import cancel_held
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.verification.conclude import MACHINE

REASON = "unpaid"


async def expire_unpaid(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Cancel it, unless its payment check has passed or it has moved on.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    async with begin(errand.scope) as tx:
        order = await _unpaid(tx, errand)
        if order is not None:
            by = By(MACHINE, clock.now())
            await cancel_held(tx, order, by, reason=REASON, is_ours=True)
            await settle_all_issues(tx, order, by, why="The order has expired unpaid.")
        await finish_errand(tx, errand)


async def _unpaid(tx: Tx, errand: ErrandInHand) -> HeldOrder | None:
    try:
        order = await order_for_update(tx, errand.order_id)
    except NotFound:
        return None
    return order if order.row.status == "received" and order.row.payment_check != "passed" else None
