"""How long a shop keeps what, and the least that the procedure and the law leave to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from tidings.kit.fields import Country
from tidings.kit.kinds import Kind

# The procedure's own (4.6, 6): all communications and actions, for at least 12 months.
LEAST_MONTHS: Final = 12
MOST_MONTHS: Final = 1200

Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]


@dataclass(frozen=True, slots=True)
class Law:
    """How long invoices are kept in a country, counted from the end of the year in which they were made."""

    months: int
    source: str


# Where it is well known; a shop may keep them longer, not shorter. Not legal advice: the source says what to look up.
LAWS: Final[Mapping[str, Law]] = {
    "AT": Law(84, "7 years: § 132 BAO, § 11 UStG"),
    "BE": Law(120, "10 years: art. 60 Code TVA"),
    "CH": Law(120, "10 years: Art. 958f OR"),
    "DE": Law(96, "8 years: § 147 (3) AO, § 14b (1) UStG, § 257 (4) HGB, as from 2025"),
    "DK": Law(60, "5 years: bogføringsloven § 12"),
    "ES": Law(72, "6 years: art. 30 Código de Comercio"),
    "FR": Law(120, "10 years: art. L123-22 Code de commerce"),
    "GB": Law(72, "6 years: VAT Act 1994, Sch. 11 para. 6"),
    "IE": Law(72, "6 years: s. 84 VAT Consolidation Act 2010"),
    "IT": Law(120, "10 years: art. 2220 Codice civile"),
    "JP": Law(84, "7 years: Art. 59 Regulation for Enforcement of the Corporation Tax Act"),
    "LU": Law(120, "10 years: art. 16 Code de commerce"),
    "NL": Law(84, "7 years: art. 52 AWR"),
    "PL": Law(72, "5 years after the year in which the tax fell due: art. 86 Ordynacja podatkowa"),
    "PT": Law(120, "10 years: art. 52 CIVA"),
    "SE": Law(84, "7 years: 7 kap. 2 § bokföringslagen"),
}
# Where no country is known, or none of these: longer than any of them.
UNKNOWN: Final = Law(120, "10 years: no country named, or one whose law is not listed here")


class Retention(BaseModel):
    """How long what is kept, in months; what has to be kept longer by law is (SOP 4.6, 6)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    communications_months: Months = Field(
        36, description="Messages, attempts and receipts, logged communications: 12 or more"
    )
    content_months: Months = Field(
        36, description="What was said, word for word: 12 or more, and no longer than the communications"
    )
    events_months: Months = Field(36, description="The event log, each with the order as it was: 12 or more")
    orders_months: Months = Field(
        36, description="Orders and all that belongs to them, counted from their last change: 12 or more"
    )
    records_months: Months = Field(120, description="The audit trail, which holds no personal data: 12 or more")
    callbacks_months: Months = Field(3, description="What providers posted")
    documents_months: Months | None = Field(
        None, description="Invoices and the like, from the end of their year; None: as the law of the country has it"
    )
    documents_country: Country | None = Field(
        None, description="Whose law; None: the country of the VAT id, or else of the language (`de-DE`)"
    )
    exports_days: Annotated[int, Field(ge=1, le=90)] = Field(
        7, description="How long an export of somebody's data can be fetched"
    )

    @field_validator("content_months")
    @classmethod
    def _within(cls, value: int, info: ValidationInfo) -> int:
        if value > info.data.get("communications_months", value):
            message = "is longer than the communications that it belongs to"
            raise ValueError(message)
        return value


@dataclass(frozen=True, slots=True)
class Term:
    """How long one kind is kept, and why not shorter."""

    kind: Kind
    months: int
    least: int
    why: str


_SOP: Final = "the procedure keeps communications and actions for at least 12 months"
_COUNTED: Final[tuple[Kind, ...]] = ("communications", "content", "events", "orders", "records")
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def terms_of(retention: Retention, country: str | None) -> Mapping[Kind, Term]:
    """How long each kind is kept: as the shop has it, and never shorter than it may."""
    asked = {term.kind: term for term in asked_terms(retention, country)}
    return {kind: Term(kind, max(term.months, term.least), term.least, term.why) for kind, term in asked.items()}


def asked_terms(retention: Retention, country: str | None) -> Iterator[Term]:
    """What the shop asks for, beside the least that it may."""
    for kind in _COUNTED:
        yield Term(kind, getattr(retention, f"{kind}_months"), LEAST_MONTHS, _SOP)
    yield Term("callbacks", retention.callbacks_months, 1, "late receipts are matched within a month")
    law = law_of(retention.documents_country or country)
    yield Term("documents", retention.documents_months or law.months, law.months, law.source)


def law_of(country: str | None) -> Law:
    """The law of a country on invoices."""
    return LAWS.get(country or "", UNKNOWN)


def country_of(legal: Mapping[str, Any], locale: str) -> str | None:
    """Where a shop is at home, as far as it has said."""
    vat_id = legal.get("vat_id")
    if isinstance(vat_id, str) and vat_id[:2].isalpha():
        return "GR" if vat_id.startswith("EL") else vat_id[:2]
    region = locale.replace("_", "-").split("-")[-1]
    return region if len(region) == len("DE") and region.isupper() else None


def kept_since(kind: Kind, months: int, now: datetime) -> datetime:
    """What is older than this has been kept long enough; of an instant in the shop's zone, whose years count."""
    total = now.year * 12 + now.month - 1 - months
    year, month = divmod(total, 12)
    if kind == "documents":
        # The years count from the end of the one in which it was made.
        return now.replace(year=year, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return now.replace(year=year, month=month + 1, day=min(now.day, _SHORTEST_MONTH))


def kept_until(kind: Kind, months: int, made_at: datetime) -> datetime:
    """From when on something that was made then, in the shop's zone, need not be kept any more."""
    if kind == "documents":
        made_at = made_at.replace(year=made_at.year + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = divmod(made_at.year * 12 + made_at.month - 1 + months, 12)
    return made_at.replace(year=year, month=month + 1, day=min(made_at.day, _SHORTEST_MONTH))


# The 29th to 31st are kept a little longer, rather than shorter, where a month has none.
_SHORTEST_MONTH: Final = 28
