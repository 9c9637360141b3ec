"""How long an endpoint that did not take an event is left alone, and when it is given up. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

# The schedule of Svix, the reference of Standard Webhooks; the last of them again and again.
PAUSES: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
# An endpoint whose first event in line was refused for so long is not tried any more until somebody looks at it.
GIVEN_UP_AFTER: Final = timedelta(days=3)
# Either way, so that endpoints that failed together do not come back together.
JITTER: Final = 0.2
# How many types of events are named at most.
MOST_TYPES: Final = 100
# Nobody is there any more, and nobody will be.
GONE: Final = 410
_TAKEN: Final = range(200, 300)


def pause_after(failures: int, *, jitter: float, asked: timedelta | None = None) -> timedelta:
    """The wait before the next try.

    Args:
        failures: of the same event, the last one included.
        jitter: a random number in [0, 1).
        asked: what `Retry-After` asked for, which counts if it is longer.
    """
    pause = PAUSES[min(failures, len(PAUSES)) - 1] * (1 - JITTER + 2 * JITTER * jitter)
    return max(pause, asked or timedelta())


def is_given_up(first_failed_at: datetime, now: datetime) -> bool:
    """Whether the same event has been refused for too long."""
    return now - first_failed_at >= GIVEN_UP_AFTER


def is_taken(status: int) -> bool:
    """Whether this answer means that the event was taken."""
    return status in _TAKEN
