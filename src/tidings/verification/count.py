"""Moves stock by hand: goods came in or came back, or somebody has counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tidings.kit.db import Tx
from tidings.kit.problem import Fault, InvalidInput
from tidings.outbox.hurry import hurry_errands
from tidings.verification.articles import Why, article_for_update, move_stock
from tidings.verification.errors import StockReserved
from tidings.verification.tables import StockMovementRow

# What people tell; all else follows from orders.
ToldKind = Literal["received", "counted", "returned"]
MAX_STOCK: Final = 10**12


@dataclass(frozen=True, slots=True)
class CountStock:
    """So many came in or came back; or so many are there, whatever the ledger says."""

    sku: str
    kind: ToldKind
    quantity: int
    reason: str | None
    actor: str


async def count_stock(tx: Tx, command: CountStock, *, now: datetime) -> StockMovementRow:
    """Move an article; orders that wait for it are looked at again, the oldest first.

    Raises:
        StockReserved: counted fewer than are promised to orders.
        InvalidInput: more than a ledger can hold.
    """
    row = await article_for_update(tx, command.sku, now)
    after = command.quantity if command.kind == "counted" else row.on_hand + command.quantity
    if after < row.reserved:
        raise StockReserved(sku=row.sku, reserved=row.reserved)
    if after > MAX_STOCK:
        raise InvalidInput(faults=[Fault("/quantity", f"makes more than {MAX_STOCK} on hand")])
    is_more = after > row.on_hand
    moved = move_stock(
        tx, row, Why(command.kind, command.actor, now, None, command.reason), on_hand=after - row.on_hand
    )
    if is_more:
        await hurry_errands(tx, "check_stock", now, lacking=[row.sku])
    return moved
