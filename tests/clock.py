"""A clock that stands still until it is told to go on."""

from datetime import datetime, timedelta

from tidings.kit.clock import SystemClock


class FixedClock:
    """Tells the same instant until it is moved.

    It starts at the machine's present, because leases and the like go by the database's clock, which cannot be held.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self._now = at or SystemClock().now().replace(microsecond=0)

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on, and tell where it stands now."""
        self._now += by
        return self._now

    def set(self, at: datetime) -> datetime:
        """Move to an instant."""
        self._now = at
        return self._now
