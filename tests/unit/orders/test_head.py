import json
from datetime import UTC, datetime

from tidings.kit.problem import Fault
from tidings.orders.head import OrderHead, head_json, instant

AT = datetime(2026, 11, 23, 9, 14, 7, tzinfo=UTC)


def test_a_head_is_the_beginning_of_an_object() -> None:
    head = OrderHead("ord_1", 'W-"1" é', "test", "incomplete", AT, AT, [Fault("/a", 'is "é"')], version=3, on_hold=True)
    assert json.loads(head_json(head) + '"more":1}') == {
        "id": "ord_1", "number": 'W-"1" é', "mode": "test", "status": "incomplete", "on_hold": True, "version": 3,
        "received_at": "2026-11-23T09:14:07Z", "updated_at": "2026-11-23T09:14:07Z", "payment_check": "pending",
        "stock_check": "pending", "missing": [{"pointer": "/a", "detail": 'is "é"'}], "more": 1,
    }  # fmt: skip


def test_instants_are_told_in_utc_as_z() -> None:
    assert instant(AT.replace(microsecond=5)) == "2026-11-23T09:14:07.000005Z"
