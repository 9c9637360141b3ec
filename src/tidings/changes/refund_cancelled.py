"""Asks for the money of an order that the shop itself has cancelled, once: an errand of its cancellation."""

from typing import Final

from sqlalchemy import func, select

from tidings.changes.money import purse_of
from tidings.changes.refund import RequestRefund, refund_for, refund_requested, request_refund
from tidings.changes.sent import sent_goods
from tidings.changes.tables import ChangeRequestRow
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.shipments.load import parcels_of

_SYSTEM: Final = "system"


async def refund_cancelled(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Have everything go back that was paid, but for what has left in parcels."""
    by = By(_SYSTEM, clock.now())
    async with begin(errand.scope) as tx:
        order = await order_for_update(tx, errand.order_id)
        if order.row.status == "cancelled" and not await _is_settled(tx, order):
            await _refund(tx, order, by)
        await finish_errand(tx, errand)


async def _is_settled(tx: Tx, order: HeldOrder) -> bool:
    """Whether a customer's request cancelled it, on its own terms; or the refund is there."""
    asked_for = select(func.count()).where(
        ChangeRequestRow.storefront_id == order.row.storefront_id,
        ChangeRequestRow.order_id == order.row.id,
        ChangeRequestRow.kind == "cancellation",
        ChangeRequestRow.status == "carried_out",
    )
    return bool(await tx.session.scalar(asked_for)) or await refund_for(tx, order, None) is not None


async def _refund(tx: Tx, order: HeldOrder, by: By) -> None:
    amount = (await purse_of(tx, order)).left - sent_goods(order, await parcels_of(tx, order))
    if amount > 0:
        row = await request_refund(tx, order, RequestRefund(amount, None, "cancellation"), by)
        await follow(tx, [refund_requested(order, row, by)])
