"""Looks through an order's requests and issues after it has moved on: an errand of parcels that left and of its end."""

from typing import Final

from tidings.changes.book import books_of
from tidings.changes.lapse import lapse
from tidings.changes.late import late_parts
from tidings.changes.load import pending_of
from tidings.issues.settle_all import settle_all_issues
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand

_ENDED: Final = frozenset({"completed", "cancelled"})
_SYSTEM: Final = "system"


async def review_changes(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Let lapse what is not possible any more; an order that has ended has no open issues either."""
    by = By(_SYSTEM, clock.now())
    async with begin(errand.scope) as tx:
        order = await order_for_update(tx, errand.order_id)
        await lapse_overtaken(tx, order, by)
        if order.row.status in _ENDED:
            await settle_all_issues(tx, order, by, why=f"the order is {order.row.status}")
        await finish_errand(tx, errand)


async def lapse_overtaken(tx: Tx, order: HeldOrder, by: By) -> None:
    """Let the pending requests lapse of which a part is not possible any more where the order stands now."""
    rows = await pending_of(tx, order)
    books = await books_of(tx, order.row.storefront_id, [row.policy_version for row in rows])
    for row in rows:
        if late_parts(order, row, books[row.policy_version].policy.changes):
            await lapse(tx, order, row, by.at)
