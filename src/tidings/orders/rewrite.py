"""Writes a checked order over the one in hand."""

import json
from collections.abc import Sequence
from typing import Final

from tidings.kit.db import Tx
from tidings.kit.rows import Row
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


async def replace_lines(tx: Tx, order: HeldOrder, lines: Sequence[Row]) -> None:
    """Take over the lines of a complete order that was checked, each under its number."""
    there = {line.line: line for line in order.lines}
    for wanted in lines:
        for name, value in wanted.items() if wanted["line"] in there else ():
            setattr(there[wanted["line"]], name, value)
    row, numbers = order.row, {wanted["line"] for wanted in lines}
    for number in there.keys() - numbers:
        await tx.session.delete(there.pop(number))
    more = [
        OrderLineRow(storefront_id=row.storefront_id, order_id=row.id, **line)
        for line in lines
        if line["line"] not in there
    ]
    tx.session.add_all(more)
    order.lines = sorted([*there.values(), *more], key=lambda line: line.line)
