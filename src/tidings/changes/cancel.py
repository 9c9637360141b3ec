"""Carries out a cancellation: the order ends, the money goes back but for the fee, parcels are called back."""

from typing import Final

from tidings.changes.load import HeldRequest, overtaken
from tidings.changes.money import purse_of
from tidings.changes.outcome import News, owe_refund
from tidings.changes.refund import RequestRefund, request_refund
from tidings.changes.rules import Owing, refund_of_cancellation
from tidings.changes.sent import sent_goods, under_way
from tidings.kit.db import Tx
from tidings.kit.rows import json_text
from tidings.orders.arithmetic import shipping_price
from tidings.orders.cancel import let_go
from tidings.orders.load import About, By
from tidings.orders.move import move, status_of
from tidings.orders.states import may_become
from tidings.orders.told import as_posted, posted_form
from tidings.shipments.load import Parcels, parcels_of
from tidings.storefronts.kinds import Milestone
from tidings.tasks.open import Opening, open_tasks

# The message about the decision tells it.
_UNTOLD: Final[frozenset[Milestone]] = frozenset({"order_cancelled"})


async def cancel(tx: Tx, held: HeldRequest, by: By, refund: int | None) -> list[News]:
    """End the order in hand; says what else there is to tell.

    Args:
        tx: the transaction that holds the order.
        held: its policy allows it.
        by: who had the last word.
        refund: what goes back, if an approver has named it; minor units.

    Raises:
        ChangeOvertaken: the order has ended, or everything is on its way.
        RefundTooHigh: more is named than was paid.
    """
    order = held.order
    if "cancelled" not in may_become(status_of(order)):
        raise overtaken(held, "The order cannot be cancelled any more.")
    parcels = await parcels_of(tx, order)
    amount = await amount_of(tx, held, parcels) if refund is None else refund
    if amount:
        owe_refund(held, await request_refund(tx, order, RequestRefund(amount, held.row.id, "cancellation"), by))
    was_incomplete = order.row.status == "incomplete"
    move(order, "cancelled", by.at)
    await let_go(tx, order, by, was_incomplete=was_incomplete)
    if under_way(parcels):
        await open_tasks(tx, _call_back(tx, held, parcels, by))
    return [News("order.cancelled", _about(held))]


async def amount_of(tx: Tx, held: HeldRequest, parcels: Parcels) -> int:
    """What the policy's terms make."""
    order = held.order
    if not order.lines:
        # Incomplete: nothing was ever charged for it.
        return 0
    shipping = shipping_price(as_posted(posted_form(order.row, order.lines)))
    owing = Owing((await purse_of(tx, order)).left, shipping, sent_goods(order, parcels))
    return refund_of_cancellation(owing, held.book.policy.changes)


def _call_back(tx: Tx, held: HeldRequest, parcels: Parcels, by: By) -> Opening:
    return Opening(
        storefront_id=held.row.storefront_id,
        mode=tx.scope.mode,
        order_id=held.row.order_id,
        kind="stop_shipment",
        cause=held.order.wire_id,
        opened_at=by.at,
        data={"change": held.wire_id, "shipments": under_way(parcels)},
    )


def _about(held: HeldRequest) -> About:
    told = {"reason": held.row.reason, "refund_expected": held.refund is not None}
    return About(
        data={"reason": "change request", "change": held.wire_id},
        snapshot={"cancellation": json_text(told)},
        untold=_UNTOLD,
    )
