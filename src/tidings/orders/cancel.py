"""Cancels an order: the shop's own decision. What a customer asks for is a change request."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.deadlines.cancel import CancelClocks, cancel_clocks
from tidings.kit.db import Tx
from tidings.milestones.follow import follow
from tidings.orders.chores import drop_all_chores
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import move
from tidings.orders.payment import is_paid
from tidings.storefronts.kinds import Milestone
from tidings.storefronts.shopbook import shop_rules


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel this order."""

    order_id: UUID | None
    reason: str
    actor: str


async def cancel_order(tx: Tx, command: CancelOrder, *, now: datetime) -> HeldOrder:
    """Cancel an order that nothing has left for yet, or only a part.

    Raises:
        NotFound: there is no such order.
        IllegalMove: everything is on its way already, or the order has ended.
    """
    order = await order_for_update(tx, command.order_id)
    await cancel_held(tx, order, By(command.actor, now), reason=command.reason)
    return order


async def cancel_held(
    tx: Tx, order: HeldOrder, by: By, *, reason: str, is_ours: bool = False, untold: frozenset[Milestone] = frozenset()
) -> None:
    """Cancel an order in hand.

    Args:
        tx: the transaction.
        order: locked.
        by: who cancels it, and when.
        reason: as the customer may read it.
        is_ours: the reason is a word of our own, and nobody's.
        untold: another message of the same moment tells the customer.

    Raises:
        IllegalMove: everything is on its way already, or the order has ended.
    """
    was_incomplete = order.row.status == "incomplete"
    move(order, "cancelled", by.at)
    policy = (await shop_rules(tx, order.row.storefront_id)).policy
    cancellation = {"reason": reason, "refund_expected": is_paid(order.row, policy)}
    about = About(
        data={"reason": reason} if is_ours else {},
        words=None if is_ours else {"reason": reason},
        snapshot={"cancellation": json.dumps(cancellation)},
        untold=untold,
    )
    await follow(tx, [fact_of(order, "order.cancelled", by, about)])
    await let_go(tx, order, by, was_incomplete=was_incomplete)


async def let_go(tx: Tx, order: HeldOrder, by: By, *, was_incomplete: bool) -> None:
    """Nothing needs to be done any more about an order that was cancelled.

    Where it was never complete, nothing was received, so nothing will be confirmed: the customer is told of the
    cancellation. The confirmation of an order that was complete is owed all the same.
    """
    if was_incomplete:
        why = "the order was cancelled before it was complete"
        clocks = CancelClocks(order.row.id, order.wire_id, why, by.actor, ("order_confirmation",))
        await cancel_clocks(tx, clocks, now=by.at)
    await drop_all_chores(tx, order, why="the order was cancelled", now=by.at)
