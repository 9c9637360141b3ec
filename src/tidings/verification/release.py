"""Releases what is promised to an order that will not be shipped (any more)."""

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.verification.articles import Why, articles_for_update, move_stock, reservations_of, settle_reservation


async def release_goods(tx: Tx, order: HeldOrder, by: By) -> list[str]:
    """End the promises to a locked order; says of which articles. What has left with parcels stays gone."""
    held = {sku: row for sku, row in (await reservations_of(tx, order)).items() if row.quantity}
    for sku, row in (await articles_for_update(tx, held)).items():
        move_stock(tx, row, Why("released", by.actor, by.at, order.row.id), reserved=-held[sku].quantity)
        held[sku].quantity = 0
        settle_reservation(held[sku], by.at)
    return list(held)
