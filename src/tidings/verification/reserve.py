"""Reserves an order's goods: all that it still needs, or nothing; and gives back what it does not need any more."""

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.verification.articles import articles_for_update, new_reservation, promise, reservations_of
from tidings.verification.goods import Lack, Reserved, needs_of
from tidings.verification.release import give_back


async def reserve_goods(tx: Tx, order: HeldOrder, by: By, *, knows_all: bool) -> Reserved | list[Lack]:
    """Promise to a locked order what its lines want beyond what it has; part of whoever holds the order.

    Done again, it does nothing; after a change of the order, the difference. What the lines do not want any more is
    given back in any case, for others may wait for it.

    Args:
        tx: the transaction that holds the order.
        order: its lines as they are now.
        by: who asks, and when.
        knows_all: what the ledger does not know is lacking; else it is not tracked, and nobody waits for it.

    Returns:
        What was done; or all that there is not enough of, and then nothing was promised.
    """
    promised = await reservations_of(tx, order)
    needs = needs_of(order.lines, promised)
    stock = await articles_for_update(tx, needs)
    await give_back(tx, stock, promised, needs, by)
    lacks: list[Lack] = []
    for sku, more in needs.items():
        there = stock[sku].on_hand - stock[sku].reserved if sku in stock else None
        if more > 0 and (knows_all if there is None else there < more):
            lacks.append(Lack(sku, more, there))
    if lacks:
        return lacks
    for sku, row in stock.items():
        if needs[sku] > 0:
            promise(tx, row, promised.get(sku) or new_reservation(tx, order, sku, by.at), needs[sku], by)
    return Reserved(untracked=[sku for sku in needs if sku not in stock], is_any=bool(stock or promised))
