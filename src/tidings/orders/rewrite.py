"""Writes a checked order over the one in hand."""

import json
from typing import Final

from tidings.kit.db import Tx
from tidings.orders.checked import CheckedOrder
from tidings.orders.load import HeldOrder
from tidings.orders.tables import OrderLineRow

_COPIED: Final = (
    "notify", "placed_at", "sales_channel", "customer_email", "customer_phone", "customer_name", "locale",
    "time_zone", "total", "currency", "estimated_from", "estimated_to",
)  # fmt: skip


def rewrite(tx: Tx, order: HeldOrder, checked: CheckedOrder) -> None:
    """Take over what was checked: columns, details, what is missing, and the lines once the order is complete.

    Status, version and place among the facts are the verb's own business.
    """
    row = order.row
    for name in _COPIED:
        setattr(row, name, getattr(checked, name))
    row.details = json.loads(checked.details)
    row.missing = [{"pointer": fault.pointer, "detail": fault.detail} for fault in checked.missing]
    if not order.lines:
        order.lines = [OrderLineRow(storefront_id=row.storefront_id, order_id=row.id, **line) for line in checked.lines]
        tx.session.add_all(order.lines)


async def replace_lines(tx: Tx, order: HeldOrder, checked: CheckedOrder) -> None:
    """Take over the lines of a complete order that was checked: their numbers begin at 1 again."""
    for n, line in enumerate(order.lines):
        if n < len(checked.lines):
            for name, value in checked.lines[n].items():
                setattr(line, name, value)
        else:
            await tx.session.delete(line)
    row, kept = order.row, list(order.lines[: len(checked.lines)])
    more = [
        OrderLineRow(storefront_id=row.storefront_id, order_id=row.id, **line) for line in checked.lines[len(kept) :]
    ]
    tx.session.add_all(more)
    order.lines = kept + more
