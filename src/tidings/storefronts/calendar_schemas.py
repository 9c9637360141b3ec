"""A shop's business calendar as callers see it."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tidings.kit.fields import ONE_LINE, Asked, Country, Day
from tidings.storefronts.calendar import WEEKDAYS, faults_in_hours
from tidings.storefronts.public_holidays import is_known

MOST_ENTRIES: Final = 200

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Opening = Annotated[list[str], Field(min_length=2, max_length=2, examples=[["09:00", "17:00"]])]
Openings = Annotated[list[Opening], Field(max_length=24)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=ONE_LINE)]


def _sound(openings: list[list[str]]) -> list[list[str]]:
    """Opening hours of one day; none at all is closed."""
    faults = faults_in_hours({"hours": openings}) if openings else []
    if faults:
        raise ValueError("; ".join(fault.removeprefix("hours: ") for fault in faults))
    return openings


class Holidays(Asked):
    """Whose public holidays the shop is closed on."""

    country: Country = Field(description="ISO 3166-1")
    region: Annotated[str, Field(min_length=1, max_length=20, pattern=ONE_LINE, examples=["BE"])] | None = Field(
        None, description="ISO 3166-2 without the country: some holidays are a region's own"
    )

    @field_validator("country")
    @classmethod
    def _country(cls, value: str) -> str:
        if not is_known(value):
            kind = "country"
            raise PydanticCustomError(kind, "is not a country whose public holidays are known")
        return value

    @model_validator(mode="after")
    def _region(self) -> Self:
        if self.region is not None and not is_known(self.country, self.region):
            kind = "region"
            raise PydanticCustomError(kind, "region is not one of this country, in the form of ISO 3166-2")
        return self


class Closure(Asked):
    """Days on which the shop is closed, both included."""

    name: Name = Field(description="Why", examples=["Company holiday"])
    first: Day
    last: Day

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.last < self.first:
            message = "ends before it begins"
            raise ValueError(message)
        return self


class SpecialDay(Asked):
    """A day with other hours than its week has; also opens a public holiday."""

    on: Day
    name: Name | None = Field(None, description="Why", examples=["Long Saturday"])
    openings: Annotated[Openings, AfterValidator(_sound)] = Field(description="None at all: closed")


class Calendar(Asked):
    """When the shop is open; promises in business time run only then. No hours at all: round the clock.

    Special days go before closures, closures before public holidays, holidays before the weekly hours.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hours": {"mon": [["09:00", "12:30"], ["13:30", "18:00"]], "sat": [["10:00", "14:00"]]},
                    "holidays": {"country": "DE", "region": "BE"},
                    "closures": [{"name": "Stocktaking", "first": "2027-01-04", "last": "2027-01-05"}],
                    "special_days": [{"on": "2026-12-24", "name": "Christmas Eve", "openings": [["09:00", "12:00"]]}],
                }
            ]
        }
    )

    hours: dict[Weekday, Openings] = Field(
        default_factory=dict, description="By weekday, in the shop's zone; `24:00` is midnight"
    )
    holidays: Holidays | None = Field(None, description="Public holidays to be closed on; null: none")
    closures: Annotated[list[Closure], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)
    special_days: Annotated[list[SpecialDay], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)

    @field_validator("hours")
    @classmethod
    def _week(cls, hours: dict[Weekday, list[list[str]]]) -> dict[Weekday, list[list[str]]]:
        faults = faults_in_hours({day: hours[day] for day in WEEKDAYS if day in hours})
        if faults:
            raise ValueError("; ".join(faults))
        return hours

    @field_validator("special_days")
    @classmethod
    def _once_each(cls, days: list[SpecialDay]) -> list[SpecialDay]:
        if len({day.on for day in days}) < len(days):
            message = "names a day twice"
            raise ValueError(message)
        return days
