"""The order that the empty inbox proposes."""

import json
from datetime import UTC, datetime

from tidings.adapters.sandbox.sample import sample_order, sample_text


def test_the_sample_adds_up_and_is_expected_after_today():
    order = sample_order(datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert order["total"] == order["lines"][0]["unit_price"]
    assert order["estimated_delivery"] == {"from": "2026-11-26", "to": "2026-11-28"}


def test_the_samples_text_is_the_sample_with_a_line_for_each_field():
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert json.loads(sample_text(now)) == sample_order(now)
    assert len(sample_text(now).splitlines()) == len(sample_order(now)) + 2
