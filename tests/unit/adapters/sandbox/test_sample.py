"""The order that the empty inbox proposes."""

from datetime import UTC, datetime

from tidings.adapters.sandbox.sample import sample_order


def test_the_sample_adds_up_and_is_expected_after_today():
    order = sample_order(datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert order["total"] == order["lines"][0]["unit_price"]
    assert order["estimated_delivery"] == {"from": "2026-11-26", "to": "2026-11-28"}
