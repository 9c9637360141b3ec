"""How long a provider asks us to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.retry_after import retry_after

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "86400"}, 900),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:30"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:30 +0100"}, 30),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:30 GMT"}, 900),
        ({"x-ratelimit-reset": str(EPOCH + 12)}, 12),
        ({"x-ratelimit-reset": str(EPOCH)}, 1),
        ({"retry-after": "soon", "x-ratelimit-reset": str(EPOCH + 12)}, 12),
        ({"retry-after": "3", "x-ratelimit-reset": str(EPOCH + 12)}, 3),
    ],
)
def test_a_wait_is_heard_within_reason(headers, seconds):
    assert retry_after(headers, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": ""},
        {"retry-after": "-5"},
        {"retry-after": "1e3"},
        {"retry-after": "\N{ARABIC-INDIC DIGIT SEVEN}"},
        {"retry-after": "9" * 5000},
        {"retry-after": "Mon, 23 Nov 2026 09:59:30 GMT"},
        {"retry-after": "Mon, 99 Nov 2026 10:00:30 GMT"},
        {"retry-after": "Mon, 23 Nov 99999999999 10:00:30 GMT"},
        {"x-ratelimit-reset": str(EPOCH - 1)},
        {"x-ratelimit-reset": "later"},
    ],
)
def test_what_is_over_or_makes_no_sense_is_as_good_as_absent(headers):
    assert retry_after(headers, NOW) is None


@given(st.text(max_size=40))
def test_no_text_at_all_is_trouble(text):
    wait = retry_after({"retry-after": text, "x-ratelimit-reset": text}, NOW)
    assert wait is None or timedelta(seconds=1) <= wait <= timedelta(minutes=15)
