"""How an order is told: the same JSON right after receipt, in every read, and in the snapshot of every fact."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from tidings.kit.ids import wire
from tidings.kit.problem import Fault
from tidings.orders.head import OrderHead, head_json
from tidings.orders.schemas import Order, PlaceOrder
from tidings.orders.tables import OrderLineRow, OrderRow
from tidings.orders.tail import details_json, tail_json

_POSTED: Final = TypeAdapter(PlaceOrder)
_ORDER: Final = TypeAdapter(Order)


def order_json(row: OrderRow, lines: Sequence[OrderLineRow]) -> str:
    """The order as the API answers it."""
    head = OrderHead(
        id=wire("ord", row.id),
        number=row.number,
        mode=row.mode,
        status=row.status,
        received_at=row.received_at,
        updated_at=row.updated_at,
        missing=[Fault(**fault) for fault in row.missing],
        version=row.version,
        on_hold=row.on_hold,
        payment_check=row.payment_check,
        stock_check=row.stock_check,
    )
    order = as_posted(posted_form(row, lines))
    return head_json(head) + tail_json(details_json(order), order.lines or (), [line.line for line in lines])


def order_told(row: OrderRow, lines: Sequence[OrderLineRow]) -> Order:
    """The same as a model, for lists."""
    return _ORDER.validate_json(order_json(row, lines))


def as_posted(form: Mapping[str, Any]) -> PlaceOrder:
    """A posted form as a model: jsonb does not keep the order of names.

    Raises:
        ValidationError: it cannot be posted so.
    """
    return _POSTED.validate_json(json.dumps(form))


def posted_form(row: OrderRow, lines: Sequence[OrderLineRow]) -> dict[str, Any]:
    """The order as it would be posted today: what a merge patch is laid upon. Without its number, which stays."""
    if "lines" not in row.details:
        return {**row.details, "lines": [_line_of(line, row.currency) for line in lines]}
    # An incomplete order keeps its lines, numbered, among its details.
    unnumbered = [{name: value for name, value in line.items() if name != "line"} for line in row.details["lines"]]
    return {**row.details, "lines": unnumbered}


def _line_of(line: OrderLineRow, currency: str) -> dict[str, Any]:
    """One line as it was posted."""
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": {"amount": line.unit_price, "currency": currency},
        "tax_rate": _share(line.tax_rate),
        "tax_category": line.tax_category,
        "kind": line.kind,
        "warranty_months": line.warranty_months,
    }


def _share(rate: Decimal | None) -> str | None:
    return None if rate is None else format(rate, "f")
