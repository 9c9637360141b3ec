import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.unit.orders.rules import NOW, SHOP, fresh, good
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.orders.tables import OrderLineRow, OrderRow
from tidings.orders.told import order_json, order_told, posted_form


def rows(order: CheckedOrder) -> tuple[OrderRow, list[OrderLineRow]]:
    """As `place` would write them."""
    columns: dict[str, Any] = {
        "id": UUID(int=1), "mode": "test", "number": "W-1", "status": order.status, "on_hold": False, "version": 1,
        "received_at": NOW, "updated_at": NOW, "payment_check": "pending", "stock_check": "pending",
        "currency": order.currency, "details": json.loads(order.details),
        "missing": [{"pointer": fault.pointer, "detail": fault.detail} for fault in order.missing],
    }  # fmt: skip
    return OrderRow(**columns), [OrderLineRow(**values) for values in order.lines]


def test_an_order_is_told_from_its_rows_as_it_was_at_receipt() -> None:
    order = good()
    assert order_json(*rows(order)) == order.answer(UUID(int=1), "W-1", "test", NOW)


def test_an_incomplete_order_is_told_as_far_as_it_goes() -> None:
    order = good({"lines": [{"sku": "é"}, {}]}, lenient=True)
    row, lines = rows(order)
    assert order_json(row, lines) == order.answer(UUID(int=1), "W-1", "test", NOW)
    told = order_told(row, lines)
    assert told.lines is not None
    assert [line.line for line in told.lines] == [1, 2]


def test_where_it_stands_comes_from_its_columns() -> None:
    row, lines = rows(good())
    row.status, row.on_hold, row.payment_check, row.version = "processing", True, "passed", 4
    row.updated_at = datetime(2027, 1, 1, tzinfo=UTC)
    told = json.loads(order_json(row, lines))
    assert (told["status"], told["on_hold"], told["payment_check"]) == ("processing", True, "passed")
    assert (told["version"], told["stock_check"]) == (4, "pending")
    assert told["updated_at"] == "2027-01-01T00:00:00Z"


def test_an_order_in_its_posted_form_can_be_posted_again() -> None:
    first = good()
    again = check(json.dumps(posted_form(*rows(first))).encode(), SHOP, "test", NOW, lenient=False)
    assert isinstance(again, CheckedOrder)
    assert (again.details, again.lines, again.tail) == (first.details, first.lines, first.tail)


def test_rates_are_told_as_they_were_posted() -> None:
    body = fresh()
    for rate in ("0", "0.000001", "1", "0.0700"):
        body["lines"][0]["tax_rate"] = rate
        row, lines = rows(good(body))
        assert lines[0].tax_rate == Decimal(rate)
        assert json.loads(order_json(row, lines))["lines"][0]["tax_rate"] == rate
