"""Why a promise is due when it is: the rule, the zone, and the opening time that was counted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from tidings.milestones.follow import promised_within
from tidings.milestones.table import TABLE, Basis, Milestone
from tidings.storefronts.calendar import add_business, days_off_between, stretches_between
from tidings.storefronts.days import Day
from tidings.storefronts.policy import Policy


class Rule(BaseModel):
    """The promise."""

    within_minutes: int = Field(examples=[60])
    basis: Basis = Field(description="`business`: while the shop is open; `elapsed`: always")


class Counted(BaseModel):
    """A stretch of time that was counted, in the shop's zone."""

    begins: datetime
    ends: datetime
    minutes: float = Field(examples=[30.0])


class LeftOut(BaseModel):
    """A day between start and due time that is not as any other of its weekday, or has no opening hours."""

    on: date
    why: Literal["closed", "holiday", "closure", "special_day"]
    name: str | None = Field(examples=["Christmas Day"])


class Explanation(BaseModel):
    """How the due time was found."""

    rule: Rule
    time_zone: str
    rule_book_version: int = Field(description="See `/v1/policy/versions`")
    counted: list[Counted]
    left_out: list[LeftOut]
    due_at: datetime = Field(description="What the rules say today of that start, in the shop's zone")


@dataclass(frozen=True, slots=True)
class RulesThen:
    """A shop's rules as they were in force."""

    version: int
    time_zone: str
    calendar: Mapping[str, Any]
    policy: Policy


def explain_due(milestone: str, started_at: datetime, rules: RulesThen) -> Explanation:
    """Find the due time anew, and tell how.

    Args:
        milestone: one that promises a time.
        started_at: when its clock started.
        rules: the rules that were in force then.
    """
    known = cast("Milestone", milestone)
    within, basis = promised_within(known, rules.policy), TABLE[known].basis
    # What runs always has a calendar without hours.
    calendar = rules.calendar if basis == "business" else {}
    due_at = add_business(started_at, within, calendar, rules.time_zone)
    zone = ZoneInfo(rules.time_zone)
    counted = stretches_between(started_at, due_at, calendar, rules.time_zone)
    left_out = days_off_between(started_at, due_at, calendar, rules.time_zone)
    return Explanation(
        rule=Rule(within_minutes=round(within.total_seconds() / 60), basis=basis),
        time_zone=rules.time_zone,
        rule_book_version=rules.version,
        counted=[
            Counted(
                begins=stretch.begins.astimezone(zone),
                ends=stretch.ends.astimezone(zone),
                minutes=(stretch.ends - stretch.begins).total_seconds() / 60,
            )
            for stretch in counted
        ],
        left_out=[_left_out(day) for day in left_out],
        due_at=due_at.astimezone(zone),
    )


def _left_out(day: Day) -> LeftOut:
    return LeftOut(on=day.on, why="closed" if day.why == "hours" else day.why, name=day.name)
