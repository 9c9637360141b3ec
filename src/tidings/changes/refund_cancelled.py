"""Asks for the money of an order that was cancelled, once; where it is not known (yet) to be here, has it found out.

An errand of the cancellation, and of a payment check that passes after it.
"""

from typing import Final

from sqlalchemy import select

from tidings.changes.book import books_of
from tidings.changes.cancel import amount_of
from tidings.changes.load import HeldRequest, approvals_of
from tidings.changes.money import purse_of
from tidings.changes.outcome import owe_refund
from tidings.changes.refund import RequestRefund, refund_for, refund_requested, request_refund
from tidings.changes.sent import sent_goods
from tidings.changes.tables import ChangeRequestRow
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.milestones.follow import follow
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.shipments.load import parcels_of
from tidings.verification.ask_on import ask_on

_SYSTEM: Final = "system"


async def refund_cancelled(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Have go back what was paid: of the shop's own cancellation everything but for what has left in parcels."""
    by = By(_SYSTEM, clock.now())
    async with begin(errand.scope) as tx:
        order = await order_for_update(tx, errand.order_id)
        if order.row.status == "cancelled" and order.row.payment_check == "passed":
            await _refund(tx, order, by)
        elif order.row.status == "cancelled":
            await ask_on(tx, order, by)
        await finish_errand(tx, errand)


async def _refund(tx: Tx, order: HeldOrder, by: By) -> None:
    """Unless the request that cancelled it has seen to that, with its decision."""
    held = await _request_of(tx, order)
    request_id = None if held is None else held.row.id
    if await refund_for(tx, order, request_id) is not None:
        return
    amount = await _everything(tx, order) if held is None else await _agreed(tx, held)
    if amount > 0:
        row = await request_refund(tx, order, RequestRefund(amount, request_id, "cancellation"), by)
        if held is not None:
            owe_refund(held, row)
        await follow(tx, [refund_requested(order, row, by)])


async def _request_of(tx: Tx, order: HeldOrder) -> HeldRequest | None:
    """The request that cancelled it; None: the shop itself did."""
    wanted = select(ChangeRequestRow).where(
        ChangeRequestRow.storefront_id == order.row.storefront_id,
        ChangeRequestRow.order_id == order.row.id,
        ChangeRequestRow.kind == "cancellation",
        ChangeRequestRow.status == "carried_out",
    )
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        return None
    books = await books_of(tx, row.storefront_id, [row.policy_version])
    return HeldRequest(order, row, await approvals_of(tx, row), books[row.policy_version])


async def _everything(tx: Tx, order: HeldOrder) -> int:
    return (await purse_of(tx, order)).left - sent_goods(order, await parcels_of(tx, order))


async def _agreed(tx: Tx, held: HeldRequest) -> int:
    """What its approvers have named; or what the terms make that it came in under."""
    named = next((one.refund for one in held.approvals if one.refund is not None), None)
    return await amount_of(tx, held, await parcels_of(tx, held.order)) if named is None else named
