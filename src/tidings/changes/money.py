"""What a customer has paid for an order, and what of it has not gone back."""

from dataclasses import dataclass

from sqlalchemy import func, select

from tidings.changes.tables import ChangeRequestRow, RefundRow
from tidings.kit.db import Tx
from tidings.orders.load import HeldOrder
from tidings.orders.payment import is_paid
from tidings.storefronts.shopbook import shop_rules


@dataclass(frozen=True, slots=True)
class Purse:
    """In minor units of the order's currency."""

    paid: int
    # Gone back, on its way back, or still to be paid back by a person: what failed is owed all the same.
    back: int

    @property
    def left(self) -> int:
        """What may still go back."""
        return max(0, self.paid - self.back)


async def purse_of(tx: Tx, order: HeldOrder) -> Purse:
    """The money of an order whose row is locked.

    What was paid is what the order cost when its payment was checked: changes since then have made it dearer or
    cheaper, and each keeps by how much. What a dearer order costs more is collected by a person, who may settle it
    elsewhere: it is never paid back by itself.
    """
    await tx.flush()
    policy = (await shop_rules(tx, order.row.storefront_id)).policy
    if not is_paid(order.row, policy):
        return Purse(0, await _back(tx, order))
    changed = select(func.coalesce(func.sum(ChangeRequestRow.price_change), 0)).where(
        ChangeRequestRow.storefront_id == order.row.storefront_id, ChangeRequestRow.order_id == order.row.id
    )
    return Purse(order.row.total - int(await tx.session.scalar(changed) or 0), await _back(tx, order))


async def _back(tx: Tx, order: HeldOrder) -> int:
    amounts = select(func.coalesce(func.sum(RefundRow.amount), 0)).where(
        RefundRow.storefront_id == order.row.storefront_id, RefundRow.order_id == order.row.id
    )
    return int(await tx.session.scalar(amounts) or 0)
