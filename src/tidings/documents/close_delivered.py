"""Closes a delivered order so long after its last parcel as the shop's policy says (SOP 4.6)."""

from datetime import datetime, timedelta
from typing import Final

from tidings.documents.complete import complete_order
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.orders.close import CloseOrder
from tidings.orders.load import HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.records.queries import last_of_kind
from tidings.storefronts.shopbook import shop_rules

# How soon an order that is on hold is looked at again.
_AGAIN_AFTER: Final = timedelta(hours=1)


async def close_delivered(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Close the order, if it still waits for that, and this parcel was its last, or the order came to its end later.

    Raises:
        LeaseLost: somebody else does it by now.
    """
    now = clock.now()
    async with begin(errand.scope) as tx:
        until = await _closed_or_later(tx, errand, now)
        if until is None:
            await finish_errand(tx, errand)
        else:
            await put_off_errand(tx, errand, until, afresh=True)


async def _closed_or_later(tx: Tx, errand: ErrandInHand, now: datetime) -> datetime | None:
    """Close it if it is to be closed now; says when to look again, None: never."""
    try:
        order = await order_for_update(tx, errand.order_id)
    except NotFound:
        return None
    due_at = await _due_at(tx, order, errand)
    if due_at is None or due_at > now:
        return due_at
    if order.row.on_hold:
        return now + _AGAIN_AFTER
    await complete_order(tx, CloseOrder(errand.order_id, "system"), now=now)
    return None


async def _due_at(tx: Tx, order: HeldOrder, errand: ErrandInHand) -> datetime | None:
    """When the order is to be closed, by the policy as it is now; None: not because of this parcel."""
    days = (await shop_rules(tx, order.row.storefront_id)).policy.completes_after_days
    last = await last_of_kind(tx, order.row.id, "shipment.delivered")
    if order.row.status != "delivered" or days is None or last is None:
        return None
    if errand.subject not in {last.subject, order.wire_id}:
        return None
    return last.at + timedelta(days=days)
