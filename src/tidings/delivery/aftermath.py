"""What receipts do to their message: pure judgement, from all of its attempts and from where it stands.

The answer depends on the *set* of receipts: each one is judged together with all that came before. What arrived is
told whatever was thought before; a bounce or a failure re-opens only what had been taken for settled, or what still
waits for that very attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidings.delivery.states import AttemptStatus, MessageStatus, message_status

# The provider had it, and it did not arrive for a reason that may have passed by then.
ONCE_MORE_AFTER: Final = timedelta(minutes=5)
ONCE_MORE: Final = 2

_UNSURE: Final = frozenset({"started", "uncertain"})
_HAVE_IT: Final = frozenset({"sent", "delivered"})
# Ended for good: nothing but news of an arrival moves it any more.
_ENDED: Final = frozenset({"failed", "superseded", "suppressed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt of the message."""

    number: int
    # Before the receipts that have just come, and now.
    was: AttemptStatus
    status: AttemptStatus
    channel: str
    # It failed for a reason that may pass by itself (the handset was off): the provider's own table says so.
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the message stands."""

    status: MessageStatus
    step: int
    channel: str
    # There is work for it in the outbox, and a worker is at it this moment.
    has_work: bool
    in_hands: bool
    # The next entry of its plan that can be tried, if any.
    next_step: int | None
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Unmoved:
    """Nothing follows: late, repeated, or about an attempt that others have overtaken."""


@dataclass(frozen=True, slots=True)
class Has:
    """The provider has it, or the customer has."""

    status: MessageStatus


@dataclass(frozen=True, slots=True)
class GoesOn:
    """It is sent again: on this step of its plan, after a wait."""

    step: int
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Lost:
    """No way is left: a person must act."""


Aftermath = Unmoved | Has | GoesOn | Lost


def aftermath(place: Place, tried: Sequence[Tried], *, now: datetime) -> Aftermath:
    """What becomes of a message, now that its attempts stand as they do.

    Args:
        place: where the message stands.
        tried: all of its attempts.
        now: the present instant.
    """
    seen = evidence(tried)
    if seen in _HAVE_IT:
        return Unmoved() if seen == place.status and not place.has_work else Has(seen)
    if place.status in _ENDED or _is_seen_to(place, tried):
        return Unmoved()
    return _onward(place, tried, now)


def evidence(tried: Sequence[Tried]) -> MessageStatus:
    """What the attempts alone say of the message; one of unknown outcome counts only while it is the last."""
    last = max((one.number for one in tried), default=0)
    known = [one.status for one in tried if one.number == last or one.status not in _UNSURE]
    return message_status(known, carries_on=False)


def _is_seen_to(place: Place, tried: Sequence[Tried]) -> bool:
    """Whether it is on its way without us: a worker is at it, or a retry waits that this news does not concern."""
    if not tried or place.in_hands:
        return True
    last = max(tried, key=_number)
    if last.status in _UNSURE:
        return place.has_work or place.status not in _HAVE_IT
    return place.has_work and last.was not in _UNSURE


def _onward(place: Place, tried: Sequence[Tried], now: datetime) -> GoesOn | Lost:
    if now >= place.valid_until:
        return Lost()
    if place.next_step is not None:
        return GoesOn(place.next_step, timedelta())
    here = [one for one in tried if one.channel == place.channel and one.status not in _UNSURE]
    if here and max(here, key=_number).may_pass and sum(one.may_pass for one in here) < ONCE_MORE:
        return GoesOn(place.step, ONCE_MORE_AFTER)
    return Lost()


def _number(one: Tried) -> int:
    return one.number
