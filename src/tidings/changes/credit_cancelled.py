"""Takes back the invoice of an order that was cancelled, but for what has left: an errand of its cancellation."""

from typing import Final

from tidings.changes.sent import sent_goods
from tidings.documents.credit import credit_invoice, uncredited
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.shipments.load import parcels_of

_SYSTEM: Final = "system"
CAUSE: Final = "cancellation"


async def credit_cancelled(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Let the invoice say what the customer has and keeps; whatever goes back of that is credited when it has.

    Raises:
        LeaseLost: somebody else does it by now.
    """
    by = By(_SYSTEM, clock.now())
    async with begin(errand.scope) as tx:
        order = await order_for_update(tx, errand.order_id)
        if order.row.status == "cancelled":
            await _credit(tx, order, by)
        await finish_errand(tx, errand)


async def _credit(tx: Tx, order: HeldOrder, by: By) -> None:
    left = await uncredited(tx, order)
    amount = left - sent_goods(order, await parcels_of(tx, order)) if left else 0
    if amount > 0:
        issued = await credit_invoice(tx, order, by, cause=CAUSE, amount=amount)
        await follow(tx, issued.facts)
