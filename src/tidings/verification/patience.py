"""How long a check is asked about, and how often: what one try leaves to the next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

# Then a person is asked instead, while the machine goes on at a slower pace.
MOST_SILENCES: Final = 8
LONGEST_SILENCE: Final = timedelta(minutes=30)
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_AFTER_HAND_OVER: Final = timedelta(minutes=30)
# "Not yet" is an answer: a bank transfer takes days.
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 16
# Where nobody waits for the answer: the next try is a part so long of all the time that it has taken already.
_UNHURRIED: Final = 10
# For shops whose unpaid orders never expire.
LONGEST_WAIT_FOR_A_YES: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tries:
    """What the tries so far came to, as the errand carries it."""

    # When they began.
    since: datetime | None = None
    # Since the last answer that made sense.
    silences: int = 0
    silent_since: datetime | None = None
    waits: int = 0
    turns: int = 0
    is_handed_over: bool = False

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Tries":
        """Out of an errand's data."""
        return cls(
            since=_instant(data.get("since")),
            silences=int(data.get("silences", 0)),
            silent_since=_instant(data.get("silent_since")),
            waits=int(data.get("waits", 0)),
            turns=int(data.get("turns", 0)),
            is_handed_over=bool(data.get("is_handed_over")),
        )

    def told(self) -> dict[str, Any]:
        """As an errand's data."""
        return {
            "since": None if self.since is None else self.since.isoformat(),
            "silences": self.silences,
            "silent_since": None if self.silent_since is None else self.silent_since.isoformat(),
            "waits": self.waits,
            "turns": self.turns,
            "is_handed_over": self.is_handed_over,
        }

    def after_silence(self, now: datetime, *, was_asked: bool) -> "Tries":
        """No answer; or nobody was asked, because nobody answers."""
        return replace(
            self,
            since=self.since or now,
            silences=self.silences + was_asked,
            silent_since=self.silent_since or now,
            turns=self.turns + 1,
        )

    def after_not_yet(self, now: datetime) -> "Tries":
        """An answer, though not the last one."""
        return replace(self, since=self.since or now, silences=0, silent_since=None, waits=self.waits + 1)

    def handed_over(self) -> "Tries":
        """A person knows."""
        return replace(self, is_handed_over=True)

    def are_enough(self, now: datetime) -> bool:
        """Whether it was asked about for so long that only people are left to say."""
        return self.since is not None and now - self.since >= LONGEST_WAIT_FOR_A_YES

    def needs_a_person(self, now: datetime, *, is_hopeless: bool) -> bool:
        """Whether it has been silent too long, or asking again is pointless; told once."""
        if self.is_handed_over:
            return False
        since = self.silent_since or now
        return is_hopeless or self.silences >= MOST_SILENCES or now - since >= LONGEST_SILENCE

    def pause(self, asked_for: timedelta | None) -> timedelta:
        """Until the next try after a silence: twice as long each time, and no sooner than was asked for."""
        if self.is_handed_over:
            return _AFTER_HAND_OVER
        doubled = min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(max(self.turns - 1, 0), _MOST_DOUBLINGS)))
        return max(doubled, asked_for or timedelta())

    def wait(self, asked_for: timedelta | None) -> timedelta:
        """Until the next try after a "not yet"."""
        doubled = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(max(self.waits - 1, 0), _MOST_DOUBLINGS)))
        return doubled if asked_for is None else asked_for

    def unhurried(self, now: datetime, wait: timedelta) -> timedelta:
        """A wait where nothing depends on the answer but money that would go back: the later, the more seldom."""
        return max(wait, (now - (self.since or now)) / _UNHURRIED)


def _instant(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
