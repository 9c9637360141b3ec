"""Dates of mail and HTTP, from whoever wrote them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.dates import written_date


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 23 Nov 2026 10:00:30 GMT",
        "Mon, 23 Nov 2026 11:00:30 +0100",
        "Mon, 23 Nov 2026 10:00:30 -0000",
        "Mon, 23 Nov 2026 10:00:30",
    ],
)
def test_a_date_is_an_instant(text):
    moment = written_date(text)
    assert moment == datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)
    assert moment.utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "Mon, 99 Nov 2026 10:00:30 GMT",
        "Mon, 23 Nov 99999999999 10:00:30 GMT",
        "Mon, 23 Nov 2026 99999999999:00:30 GMT",
        "Mon, 23 Nov 2026 10:00:30 +99999999999",
        "Fri, 31 Dec 9999 23:59:59 -2300",
    ],
)
def test_what_names_no_instant_is_none(text):
    assert written_date(text) is None


@given(st.text(max_size=40))
def test_no_text_at_all_is_trouble(text):
    moment = written_date(text)
    assert moment is None or moment.tzinfo is UTC
