import json

from tidings.orders.schemas import OrderDetails, PlaceLine
from tidings.orders.tail import details_json, tail_json


def test_a_tail_is_the_details_and_the_numbered_lines() -> None:
    details = details_json(OrderDetails(sales_channel="é"))
    told = json.loads("{" + tail_json(details, [PlaceLine(sku="a"), PlaceLine(sku="b")]))
    assert [(line["line"], line["sku"]) for line in told.pop("lines")] == [(1, "a"), (2, "b")]
    assert told == json.loads(details)


def test_an_order_without_lines_has_an_empty_list() -> None:
    assert json.loads("{" + tail_json(details_json(OrderDetails()), []))["lines"] == []
