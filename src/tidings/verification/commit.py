"""Commits what has left with a parcel: it is gone from the ledger, and from what is promised to its order."""

from collections.abc import Mapping

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


async def commit_goods(tx: Tx, order: HeldOrder, gone: Mapping[str, int], parcel: str, by: By) -> None:
    """Take so many of these articles out of the ledger; part of whoever holds the order.

    What was promised to the order goes first. Of what was not (staff passed the check by hand), as many as are free:
    a promise to another order is never touched, and what the ledger never had cannot leave it.

    Args:
        tx: the transaction that holds the order.
        order: whose parcel it is.
        gone: how many of which article are in it.
        parcel: its wire id.
        by: who says so, and when.
    """
    promised = await reservations_of(tx, order)
    for sku, row in (await articles_for_update(tx, gone)).items():
        held = promised.get(sku) or new_reservation(tx, order, sku, by.at)
        kept = min(gone[sku], held.quantity)
        free = min(gone[sku] - kept, row.on_hand - row.reserved)
        move_stock(
            tx, row, Why("committed", by.actor, by.at, order.row.id, parcel), on_hand=-kept - free, reserved=-kept
        )
        held.quantity -= kept
        held.committed += gone[sku]
        settle_reservation(held, by.at)
