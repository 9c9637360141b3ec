"""What a shop wants of its documents (SOP 4.6): part of its policy."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tidings.kit.shape import Shape

IssuedKind = Literal["invoice", "receipt", "warranty"]
NumberedKind = Literal["invoice", "receipt", "warranty", "credit_note"]
Series = Annotated[
    str, Field(max_length=20), Shape(r"^[A-Z0-9][A-Za-z0-9/-]*$", "takes letters, digits, / and -, no small one first")
]

_SERIES: Final[Mapping[NumberedKind, str]] = {
    "invoice": "INV-",
    "receipt": "RCT-",
    "warranty": "WAR-",
    "credit_note": "CRN-",
}


class Paperwork(BaseModel):
    """Which documents there are, how they are numbered, and how customers get them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    at_completion: Annotated[tuple[IssuedKind, ...], Field(max_length=3, strict=False)] = Field(
        ("invoice", "warranty"),
        description="Issued when an order is completed; a warranty only if something of it is warranted",
    )
    e_invoice: Literal["none", "factur-x"] = Field(
        "none", description="`factur-x`: invoices and credit notes carry their data for machines (EN 16931)"
    )
    series: dict[NumberedKind, Series] = Field(
        {}, description="Before the number, by kind; numbers of one series have no gaps", examples=[{"invoice": "RE-"}]
    )
    has_year: bool = Field(default=False, description="Series go by the year: `INV-2026-000001`")
    waits_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        60, description="So long the completion message waits for its documents at most"
    )
    if_late: Literal["tell_without", "wait"] = Field(
        "tell_without",
        description="If they cannot be made by then. `wait`: so does the message, until it is stale; staff has a task",
    )

    @field_validator("at_completion")
    @classmethod
    def _once_each(cls, value: tuple[IssuedKind, ...]) -> tuple[IssuedKind, ...]:
        if len(set(value)) < len(value):
            message = "names a kind twice"
            raise ValueError(message)
        return value

    @property
    def waits(self) -> timedelta:
        """As a duration."""
        return timedelta(minutes=self.waits_minutes)

    def series_of(self, kind: NumberedKind, year: int) -> str:
        """The series that a document of this kind is numbered in."""
        series = self.series.get(kind, _SERIES[kind])
        return f"{series}{year}-" if self.has_year else series
