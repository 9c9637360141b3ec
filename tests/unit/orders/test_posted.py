import json

import pytest

from tidings.kit.problem import InvalidInput
from tidings.orders.posted import MAX_ORDERS, posted_orders, written


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"{}", ["/orders"]),
        (b"[]", ["/orders"]),
        (b'{"orders": {}}', ["/orders"]),
        (b'{"orders": []}', ["/orders"]),
        (json.dumps({"orders": [{}] * (MAX_ORDERS + 1)}).encode(), ["/orders"]),
        (b'{"orders": [{}], "order": 1}', ["/order"]),
        (b'{"orders": [{}', [""]),
    ],
)
def test_what_is_no_batch_is_refused_where_it_is_wrong(body: bytes, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        posted_orders(body)
    assert [fault.pointer for fault in refusal.value.faults] == pointers


def test_each_order_is_as_if_it_had_been_posted_alone() -> None:
    assert [written(order) for order in posted_orders(b'{"orders": [{"a": 1}, 5, null]}')] == [
        b'{"a":1}',
        b"5",
        b"null",
    ]


def test_what_no_column_can_hold_is_told_with_its_place_and_harms_no_other() -> None:
    orders = posted_orders(b'{"orders": [{"a": "\\u0000"}, {"b": ["\\ud83d"]}, {"c": 1}]}')
    nul, half, good = map(written, orders)
    assert isinstance(nul, InvalidInput)
    assert [fault.pointer for fault in nul.faults] == ["/a"]
    assert isinstance(half, InvalidInput)
    assert [fault.pointer for fault in half.faults] == ["/b/0"]
    assert good == b'{"c":1}'
