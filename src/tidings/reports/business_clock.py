"""A clock that runs only while the shop is open, as arrays that a database can look up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tidings.storefronts.calendar import Stretch, stretches_between

_MINUTE = 60.0


class RulesInForce(Protocol):
    """A shop's rules from an instant on."""

    from_at: Any
    time_zone: Any
    calendar: Any


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Opening time in its order: where each stretch begins, how long it lasts, what passed before it, in minutes."""

    begins: Sequence[datetime]
    lasts: Sequence[float]
    before: Sequence[float]


def business_clock(rules: Sequence[RulesInForce], start: datetime, end: datetime) -> BusinessClock:
    """The clock of a shop whose rules have changed now and then: each calendar counts while it was in force.

    Args:
        rules: in the order in which they came into force; the first one also counts for what came before.
        start: from where it is to be looked up.
        end: until where.
    """
    counted: list[Stretch] = []
    for n, each in enumerate(rules):
        since = start if n == 0 else max(each.from_at, start)
        until = min(rules[n + 1].from_at, end) if n + 1 < len(rules) else end
        counted += stretches_between(since, until, each.calendar, each.time_zone)
    lasts = [(stretch.ends - stretch.begins).total_seconds() / _MINUTE for stretch in counted]
    passed, before = 0.0, []
    for minutes in lasts:
        before.append(passed)
        passed += minutes
    return BusinessClock([stretch.begins for stretch in counted], lasts, before)
