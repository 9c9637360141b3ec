"""Carries out `expire_unpaid`: an order that is still unpaid by now is cancelled, and its customer told."""

from datetime import datetime, timedelta
from typing import Final

from tidings.issues.settle_all import settle_all_issues
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.orders.cancel import cancel_held
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.outbox.hurry import hurry_errand_of
from tidings.records.queries import last_of_kind
from tidings.storefronts.shopbook import shop_rules
from tidings.verification.conclude import MACHINE

REASON = "unpaid"

# For the provider's last word: it may have been asked an hour ago, and the money has come since.
_LAST_WORD: Final = timedelta(minutes=1)
_ASKED: Final = {"asked": True}


async def expire_unpaid(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Cancel it, unless its payment check has passed or it has moved on.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    now = clock.now()
    async with begin(errand.scope) as tx:
        order = await _unpaid(tx, errand)
        due_at = None if order is None else await _due_at(tx, order)
        if order is None or due_at is None:
            await finish_errand(tx, errand)
        elif due_at > now:
            await put_off_errand(tx, errand, due_at, {}, afresh=True)
        elif not errand.data and await hurry_errand_of(tx, order.row.id, "check_payment", now):
            await put_off_errand(tx, errand, now + _LAST_WORD, _ASKED, afresh=True)
        else:
            await _expire(tx, order, By(MACHINE, now))
            await finish_errand(tx, errand)


async def has_expired(tx: Tx, order: HeldOrder) -> bool:
    """Whether this is what a cancelled order was cancelled for."""
    told = await last_of_kind(tx, order.row.id, "order.cancelled")
    return told is not None and told.data.get("reason") == REASON


async def _unpaid(tx: Tx, errand: ErrandInHand) -> HeldOrder | None:
    try:
        order = await order_for_update(tx, errand.order_id)
    except NotFound:
        return None
    return order if order.row.status == "received" and order.row.payment_check != "passed" else None


async def _due_at(tx: Tx, order: HeldOrder) -> datetime | None:
    """When the order expires, by the policy as it is now; None: never."""
    hours = (await shop_rules(tx, order.row.storefront_id)).policy.unpaid_expires_after_hours
    completed = await last_of_kind(tx, order.row.id, "order.made_complete")
    since = order.row.received_at if completed is None else completed.at
    return None if hours is None else since + timedelta(hours=hours)


async def _expire(tx: Tx, order: HeldOrder, by: By) -> None:
    await cancel_held(tx, order, by, reason=REASON, is_ours=True)
    await settle_all_issues(tx, order, by, why="The order has expired unpaid.")
