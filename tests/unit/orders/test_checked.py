import json
from uuid import UUID

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import NOW, good
from tidings.orders.schemas import Order


def test_the_answer_is_an_order_as_the_document_of_the_api_says() -> None:
    answer = good(order_body(number="W-1")).answer(UUID(int=5), "W-1", "test", NOW)
    order = Order.model_validate_json(answer)
    assert (order.id, order.number, order.status, order.version) == (f"ord_{5:032x}", "W-1", "received", 1)
    assert json.loads(order.model_dump_json()) == json.loads(answer)


def test_the_answer_of_an_incomplete_order_says_what_it_lacks() -> None:
    order = good(order_body(total=None), lenient=True)
    told = json.loads(order.answer(UUID(int=5), "T-1", "live", NOW))
    assert (told["status"], told["mode"], told["total"]) == ("incomplete", "live", None)
    assert told["missing"] == [{"pointer": "/total", "detail": "is required"}]


def test_lines_are_told_as_columns() -> None:
    (line,) = good().lines
    assert (line["line"], line["sku"], line["quantity"], line["unit_price"]) == (1, "TEA-01", 2, 990)
    assert str(line["tax_rate"]) == "0.07"
