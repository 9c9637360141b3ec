"""On which day an order was placed, as far as its estimated delivery goes."""

import json
from dataclasses import replace

import pytest

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import NOW, SHOP
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder


@pytest.mark.parametrize(
    ("zone", "placed_at", "last", "is_good"),
    [
        # In the evening at the shop's, tomorrow in UTC.
        ("America/New_York", "2026-11-23T01:00:00Z", "2026-11-22", True),
        ("America/New_York", "2026-11-23T01:00:00+00:00", "2026-11-21", False),
        ("America/New_York", "2026-11-23T01:00:00+01:00", "2026-11-22", False),
        # In the morning at the shop's, yesterday in UTC.
        ("Pacific/Auckland", "2026-11-22T20:00:00Z", "2026-11-22", True),
        ("Pacific/Auckland", "2026-11-22T20:00:00Z", "2026-11-21", False),
    ],
)
def test_the_day_of_a_time_in_utc_is_the_shops_too(zone: str, placed_at: str, last: str, *, is_good: bool) -> None:
    body = order_body(placed_at=placed_at, estimated_delivery={"from": "2026-11-20", "to": last})
    told = check(json.dumps(body).encode(), replace(SHOP, time_zone=zone), "test", NOW, lenient=False)
    assert isinstance(told, CheckedOrder) is is_good
