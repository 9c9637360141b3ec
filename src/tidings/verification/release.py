"""Releases what is promised to an order and will not be shipped (any more); who waits for it is looked at again."""

from collections.abc import Mapping

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.outbox.hurry import hurry_errands
from tidings.verification.articles import articles_for_update, promise, reservations_of
from tidings.verification.goods import needs_of
from tidings.verification.tables import ReservationRow, StockRow


async def release_goods(tx: Tx, order: HeldOrder, by: By) -> list[str]:
    """End the promises to a locked order; says of which articles. What has left with parcels stays gone."""
    promised = await reservations_of(tx, order)
    held = {sku: -row.quantity for sku, row in promised.items() if row.quantity}
    return await give_back(tx, await articles_for_update(tx, held), promised, held, by)


async def release_unwanted(tx: Tx, order: HeldOrder, by: By) -> list[str]:
    """End the promise of what a locked order's lines do not want any more, and of nothing else."""
    promised = await reservations_of(tx, order)
    needs = needs_of(order.lines, promised)
    return await give_back(tx, await articles_for_update(tx, needs), promised, needs, by)


async def give_back(
    tx: Tx, stock: Mapping[str, StockRow], promised: Mapping[str, ReservationRow], needs: Mapping[str, int], by: By
) -> list[str]:
    """End the promise of as many as are needed less than none, of articles that are locked; says of which."""
    freed = []
    for sku, row in stock.items():
        # What has left with a parcel is not taken back by a change.
        less = min(-needs[sku], promised[sku].quantity) if sku in promised else 0
        if less > 0:
            promise(tx, row, promised[sku], -less, by)
            freed.append(sku)
    if freed:
        await hurry_errands(tx, "check_stock", by.at, lacking=freed)
    return freed
