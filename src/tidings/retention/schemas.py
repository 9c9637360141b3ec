"""Holds, exports, erasures and terms as callers see them."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tidings.kit.fields import ONE_LINE, Asked, Label
from tidings.kit.ids import wire
from tidings.kit.kinds import Kind
from tidings.kit.shape import Shape
from tidings.retention.kinds import Reach, Reason
from tidings.retention.person import Meant
from tidings.retention.states import ErasureStatus, ExportStatus
from tidings.retention.tables import ErasureRow, ExportRow, HoldRow, RetentionRunRow

Email = Annotated[
    str,
    Field(min_length=3, max_length=320),
    Shape(r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$", "is not an e-mail address"),
]
Phone = Annotated[str, Field(min_length=4, max_length=40, pattern=ONE_LINE)]
OrderName = Annotated[str, Field(max_length=100, pattern=ONE_LINE)]

_ADA: Final[dict[str, Any]] = {"email": "ada@example.com"}


class PersonAsked(Asked):
    """Somebody: by e-mail address, phone number or both (orders with either are meant), or by one of their orders."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ADA, {"phone": "+4915112345678"}]})

    email: Email | None = Field(None, description="As the orders have it; upper and lower case do not matter")
    phone: Phone | None = Field(None, description="With `+` and the country's code")
    order_id: OrderName | None = Field(
        None, description="Whoever placed this order, with all other orders of the same address"
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.email or self.phone or self.order_id) is None or (self.order_id and (self.email or self.phone)):
            message = "names an e-mail address, a phone number or both, or else one order"
            raise ValueError(message)
        return self

    def meant(self) -> Meant:
        """As verbs take it."""
        return Meant(self.email, self.phone, self.order_id)


class HoldToPlace(Asked):
    """What must not be deleted, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"reach": "customer", **_ADA, "reason": "Lawsuit 12 C 345/26"},
                {"reach": "storefront", "reason": "Tax audit of 2025"},
            ]
        }
    )

    reach: Reach = Field(description="One order; all orders of somebody, those to come among them; everything")
    order_id: OrderName | None = Field(None, description="For `order`; for `customer`: whoever placed it")
    email: Email | None = Field(None, description="For `customer`")
    phone: Phone | None = Field(None, description="For `customer`")
    reason: Label = Field(description="Why; shown with the hold")

    @model_validator(mode="after")
    def _names_what_it_reaches(self) -> Self:
        given = (self.order_id is not None, self.email is not None or self.phone is not None)
        allowed = {
            "order": {(True, False)},
            "customer": {(True, False), (False, True)},
            "storefront": {(False, False)},
        }
        if given not in allowed[self.reach]:
            message = f"a hold on {self.reach} names nothing else, and nothing less"
            raise ValueError(message)
        return self

    def meant(self) -> Meant:
        """As verbs take it."""
        return Meant(self.email, self.phone, self.order_id)


class HoldToRelease(Asked):
    """Why it need not be kept any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Settled out of court"}]})

    reason: Label | None = Field(None, description="Shown with the hold")


class Hold(BaseModel):
    """A legal hold: while it stands, nothing that it reaches is deleted. A customer's address is not kept with it."""

    id: str
    reach: Reach
    order_id: str | None
    reason: str
    placed_at: datetime
    placed_by: str
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None


class Export(BaseModel):
    """All that is known of somebody, as a ZIP of JSON files and documents, with the salts of the records' digests."""

    id: str
    status: ExportStatus
    orders: int = Field(description="So many orders are in it")
    size: int | None = Field(description="In bytes")
    sha256: str | None = Field(description="Of the file, in hexadecimal")
    requested_at: datetime
    requested_by: str
    made_at: datetime | None
    expires_at: datetime | None = Field(description="After this it is deleted; ask for a new one then")


class Kept(BaseModel):
    """Something that had to be kept."""

    order_id: str | None = Field(description="Null: it belongs to no order")
    what: str = Field(
        description="`order`: all of it; `documents` and the like: only these, for nobody's eyes else; `beside_orders`:"
        " what is known of the person beside any order, such as replies and addresses that must not be used"
    )
    count: int
    why: Reason
    detail: str = Field(description="In words; of a law, which one")
    until: date | None = Field(description="Erased by itself on this day; null: once the hold is released")


class Erased(BaseModel):
    """What was erased."""

    orders: int
    messages: int
    taken_back: int = Field(description="Messages that had not left yet, and will not")


class Erasure(BaseModel):
    """Somebody is to be forgotten: what was done, what had to be kept, and why."""

    id: str
    status: ErasureStatus
    detail: str = Field(description="In words")
    requested_at: datetime
    requested_by: str
    finished_at: datetime | None
    erased: Erased
    kept: list[Kept]


class TermInForce(BaseModel):
    """How long one kind is kept."""

    kind: Kind
    months: int
    least: int = Field(description="A shop may ask for more, not for less")
    why: str
    before: datetime = Field(description="What is older than this goes with the next round")


class RetentionInForce(BaseModel):
    """How long this shop keeps what; changed by `PATCH /v1/policy`, part `retention`."""

    terms: list[TermInForce]
    is_held: bool = Field(description="Everything is under a hold: nothing is deleted")


class RetentionRound(BaseModel):
    """One round: what went, up to when. Says nothing of anybody."""

    id: str
    started_at: datetime
    started_by: str
    finished_at: datetime | None = Field(description="Null while it runs, or when it broke off: the next one goes on")
    outcome: dict[str, Any] = Field(description="By kind: `before`, `rows`, `orders`")


def hold_of(row: HoldRow) -> Hold:
    """A hold's row as callers see it."""
    return Hold(
        id=wire("hld", row.id),
        reach=cast("Reach", row.reach),
        order_id=None if row.order_id is None else wire("ord", row.order_id),
        reason=row.reason,
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        released_at=row.released_at,
        released_by=row.released_by,
        release_reason=row.release_reason,
    )


def export_of(row: ExportRow) -> Export:
    """An export's row as callers see it."""
    return Export(
        id=wire("exp", row.id),
        status=cast("ExportStatus", row.status),
        orders=len(row.order_ids) if row.made_at is not None else 0,
        size=row.size,
        sha256=row.sha256,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )


_SENTENCES: Final[dict[ErasureStatus, str]] = {
    "requested": "The worker will see to it, a minute after it was asked for.",
    "running": "Some orders are done, others are still to come.",
    "done": "Nothing of this person is left.",
    "partly": "What is named below had to be kept, and is erased when its time is over; everything else is gone.",
    "refused": "All of it is under a legal hold: nothing was erased. It is tried again when the hold is released.",
}


def erasure_of(row: ErasureRow) -> Erasure:
    """An erasure's row as callers see it."""
    status = cast("ErasureStatus", row.status)
    return Erasure(
        id=wire("ers", row.id),
        status=status,
        detail=_SENTENCES[status],
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        finished_at=row.finished_at,
        erased=Erased.model_validate(row.erased),
        kept=[Kept.model_validate(one) for one in row.kept],
    )


def round_of(row: RetentionRunRow) -> RetentionRound:
    """A round's row as callers see it."""
    return RetentionRound(
        id=wire("rtn", row.id),
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
        outcome=row.outcome,
    )
