"""A shop's rules as callers see and change them: its calendar, its policy, and what they were before."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from tidings.kit.fields import Asked
from tidings.storefronts.calendar_schemas import Calendar, Closure, Holidays, Openings, SpecialDay, Weekday
from tidings.storefronts.patches import patch_of
from tidings.storefronts.policy import Policy
from tidings.storefronts.schemas import ZoneName
from tidings.storefronts.tables import RuleBookRow, StorefrontRow


class CalendarInForce(Calendar):
    """When the shop is open, and in which zone that is told."""

    time_zone: ZoneName


class CalendarChange(Asked):
    """A merge patch: what is absent stays, null takes away; a weekday is replaced, and so is each list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hours": {"sat": [["10:00", "14:00"]]},
                    "holidays": {"country": "DE", "region": "BE"},
                    "closures": [{"name": "Stocktaking", "first": "2027-01-04", "last": "2027-01-05"}],
                }
            ]
        }
    )

    time_zone: ZoneName | None = Field(None, description="IANA name; null: stays")
    hours: dict[Weekday, Openings | None] | None = Field(None, description="By weekday; a null day is a closed one")
    holidays: Holidays | None = None
    closures: list[Closure] | None = None
    special_days: list[SpecialDay] | None = None


# For annotations: what a function made is no type to the checker.
PolicyChange: Final[Any] = patch_of(Policy, "PolicyChange")


class RuleBook(BaseModel):
    """A shop's rules as they were in force from an instant on, until the next version."""

    version: int = Field(description="Decisions name it; the storefront's version that made it")
    from_at: datetime
    changed_by: str
    time_zone: str
    calendar: dict[str, Any]
    policy: dict[str, Any] = Field(description="As it was stored: what is absent was as by default")


def calendar_of(row: StorefrontRow) -> CalendarInForce:
    """The calendar in force."""
    return CalendarInForce.model_validate({**row.calendar, "time_zone": row.time_zone})


def rule_book_of(row: RuleBookRow) -> RuleBook:
    """A version's row as callers see it."""
    return RuleBook(
        version=row.version,
        from_at=row.from_at,
        changed_by=row.changed_by,
        time_zone=row.time_zone,
        calendar=row.calendar,
        policy=row.policy,
    )
