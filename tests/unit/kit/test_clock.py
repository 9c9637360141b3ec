"""The one place that asks the wall."""

from datetime import UTC, timedelta

from tidings.kit.clock import SystemClock


def test_the_present_is_told_in_utc_and_goes_on() -> None:
    clock = SystemClock()
    first = clock.now()
    assert first.tzinfo is UTC
    assert timedelta() <= clock.now() - first < timedelta(minutes=1)
