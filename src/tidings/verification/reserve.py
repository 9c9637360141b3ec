"""Reserves an order's goods: all that it still needs, or nothing; and gives back what it does not need any more."""

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.verification.articles import (
    Why,
    articles_for_update,
    move_stock,
    new_reservation,
    reservations_of,
    settle_reservation,
)  # fmt: skip
from tidings.verification.goods import Lack, Reserved, differences, goods_of


async def reserve_goods(tx: Tx, order: HeldOrder, by: By, *, knows_all: bool) -> Reserved | list[Lack]:
    """Promise to a locked order what its lines want beyond what it has; part of whoever holds the order.

    Done again, it does nothing; after a change of the order, the difference.

    Args:
        tx: the transaction that holds the order.
        order: its lines as they are now.
        by: who asks, and when.
        knows_all: what the ledger does not know is lacking; else it is not tracked, and nobody waits for it.

    Returns:
        What was done; or all that there is not enough of, and then nothing was.
    """
    promised = await reservations_of(tx, order)
    needs = differences(goods_of(order.lines), {sku: row.quantity + row.committed for sku, row in promised.items()})
    stock = await articles_for_update(tx, needs)
    lacks: list[Lack] = []
    for sku, more in needs.items():
        there = stock[sku].on_hand - stock[sku].reserved if sku in stock else None
        if more > 0 and (knows_all if there is None else there < more):
            lacks.append(Lack(sku, more, there))
    if lacks:
        return lacks
    for sku, row in stock.items():
        held = promised.get(sku) or new_reservation(tx, order, sku, by.at)
        # What has left with a parcel is not taken back by a change.
        more = max(needs[sku], -held.quantity)
        if more:
            why = Why("reserved" if more > 0 else "released", by.actor, by.at, order.row.id)
            move_stock(tx, row, why, reserved=more)
            held.quantity += more
            settle_reservation(held, by.at)
    return Reserved(untracked=[sku for sku in needs if sku not in stock], is_any=bool(stock or promised))
