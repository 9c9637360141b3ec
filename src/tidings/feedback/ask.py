"""Asks the customer how it was, so many days after completion as the shop's policy says."""

from datetime import datetime, timedelta

from tidings.feedback.give import feedback_of_order
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, fact_of, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.records.queries import last_of_kind
from tidings.storefronts.shopbook import shop_rules


async def ask_feedback(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Ask, unless the customer has said it already, or the shop does not ask any more.

    Raises:
        LeaseLost: somebody else does it by now.
    """
    now = clock.now()
    async with begin(errand.scope) as tx:
        until = await _asked_or_later(tx, errand, now)
        if until is None:
            await finish_errand(tx, errand)
        else:
            await put_off_errand(tx, errand, until, afresh=True)


async def _asked_or_later(tx: Tx, errand: ErrandInHand, now: datetime) -> datetime | None:
    """Ask if it is time; says when to look again, None: never."""
    try:
        order = await order_for_update(tx, errand.order_id)
    except NotFound:
        return None
    due_at = await _due_at(tx, order)
    if due_at is None or due_at > now:
        return due_at
    if await feedback_of_order(tx, order) is None:
        await follow(tx, [fact_of(order, "feedback.requested", By("system", now))])
    return None


async def _due_at(tx: Tx, order: HeldOrder) -> datetime | None:
    """When the customer is to be asked, by the policy as it is now; None: not at all."""
    days = (await shop_rules(tx, order.row.storefront_id)).policy.feedback.ask_after_days
    closed = await last_of_kind(tx, order.row.id, "order.closed")
    return None if days is None or closed is None else closed.at + timedelta(days=days)
