"""Carries out `expire_unpaid`: an order that is still unpaid by now is cancelled, and its customer told."""

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.load import order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.verification.conclude import MACHINE

REASON = "unpaid"


async def expire_unpaid(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Cancel it, unless its payment check has passed or it has moved on.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    async with begin(errand.scope) as tx:
        try:
            row = (await order_for_update(tx, errand.order_id)).row
            if row.status == "received" and row.payment_check != "passed":
                await cancel_order(tx, CancelOrder(errand.order_id, REASON, MACHINE), now=clock.now())
        except NotFound:
            # Gone altogether: nothing is left to expire.
            pass
        await finish_errand(tx, errand)
