"""Has a person collect what an order costs more than was paid: by one task, with all that is still to come."""

from tidings.changes.load import HeldRequest
from tidings.kit.db import Tx
from tidings.orders.chores import drop_collection
from tidings.orders.load import By
from tidings.tasks.open import Opening, open_tasks


async def collect(tx: Tx, held: HeldRequest, by: By, *, missing: int) -> None:
    """Put a new task in the place of the one that is open, if the change in hand made the order dearer or cheaper.

    What people have collected already is not known here: it is not asked for again, because each change adds what it
    costs itself to what is still to be collected.

    Args:
        tx: the transaction that holds the order.
        held: the change, with its `price_change`: None where nothing was paid.
        by: who had the last word.
        missing: what the order costs, less all that was paid and has not gone back; minor units.
    """
    change, row = held.row.price_change or 0, held.order.row
    if not change:
        return
    uncollected = await drop_collection(tx, held.order, why="the price has changed again", now=by.at)
    amount = min(uncollected + change, missing)
    if amount > 0:
        collection = Opening(
            storefront_id=row.storefront_id,
            mode=tx.scope.mode,
            order_id=row.id,
            kind="collect_payment",
            cause=held.wire_id,
            opened_at=by.at,
            data={"change": held.wire_id, "amount": amount, "currency": row.currency},
        )
        await open_tasks(tx, collection)
