"""Goes on finding out whether an order was paid after it was cancelled: what was taken, or will be, must go back."""

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.orders.payment import may_be_paid
from tidings.outbox.hurry import hurry_errand_of
from tidings.storefronts.shopbook import shop_rules
from tidings.verification.leave import leave_errand


async def ask_on(tx: Tx, order: HeldOrder, by: By) -> None:
    """Have it asked now instead of at the next try; anew, if nobody asks (any more) and money may have come.

    Part of whoever holds an order that was cancelled and whose payment check has not passed.
    """
    if await hurry_errand_of(tx, order.row.id, "check_payment", by.at):
        return
    if may_be_paid(order.row, (await shop_rules(tx, order.row.storefront_id)).policy):
        await leave_errand(tx, order, "check_payment", by)
