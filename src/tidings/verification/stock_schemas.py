"""Wire models of the stock ledger."""

from datetime import datetime
from typing import Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tidings.kit.fields import Asked, Label
from tidings.kit.ids import wire
from tidings.kit.money import Money
from tidings.verification.count import MAX_STOCK, ToldKind
from tidings.verification.kinds import MovementKind
from tidings.verification.tables import StockMovementRow, StockRow


class Stock(BaseModel):
    """An article, and how much of it there is."""

    sku: str = Field(description="The shop's article number", examples=["TEA-01"])
    on_hand: int = Field(description="How many lie there", examples=[40])
    reserved: int = Field(description="How many of them are promised to orders", examples=[3])
    available: int = Field(description="How many can still be sold", examples=[37])
    is_discontinued: bool = Field(description="Not sold any more", examples=[False])
    unit_price: Money | None = Field(description="As the shop sells it; null: at any price")
    version: int = Field(description="Counts its changes; the ETag", examples=[7])
    updated_at: datetime = Field(description="When it last changed")


class StockToKeep(Asked):
    """An article as it is from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"on_hand": 40, "reason": "stocktaking", "unit_price": {"amount": 1200, "currency": "EUR"}}]
        }
    )

    on_hand: int = Field(ge=0, le=MAX_STOCK, description="How many lie there, counted", examples=[40])
    reason: Label | None = Field(None, description="For the record: words of the trade, no personal data")
    is_discontinued: bool = Field(default=False, description="Not sold any more", examples=[False])
    unit_price: Money | None = Field(
        None, description="As the shop sells it, for the check at receipt; absent or null: any price"
    )


class StockChange(Asked):
    """What changes about an article beside its numbers; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_discontinued": True}, {"unit_price": None}]})

    is_discontinued: bool | None = Field(None, description="True: not sold any more", examples=[True])
    unit_price: Money | None = Field(None, description="As the shop sells it; null: at any price")


class MovementToTell(Asked):
    """What happened in the store."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "received", "quantity": 20, "reason": "delivery note 4711"},
                {"kind": "counted", "quantity": 38, "reason": "two broken"},
            ]
        }
    )

    kind: ToldKind = Field(
        description="`received`: goods came in; `returned`: they came back and can be sold again; `counted`: so many "
        "are there",
        examples=["received"],
    )
    quantity: int = Field(ge=0, le=MAX_STOCK, description="How many; of `counted` how many there are", examples=[20])
    reason: Label | None = Field(None, description="For the record: words of the trade, no personal data")

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if self.kind != "counted" and not self.quantity:
            kind = "nothing_moved"
            raise PydanticCustomError(kind, "needs a quantity of one or more, unless it was counted")
        return self


class StockMovement(BaseModel):
    """One movement of an article."""

    id: str = Field(description="Its id", examples=["stk_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    sku: str = Field(description="The shop's article number", examples=["TEA-01"])
    kind: MovementKind = Field(description="What happened", examples=["received"])
    quantity: int = Field(
        description="What it did to `on_hand`, or, if it was reserved or released, to `reserved`", examples=[20]
    )
    order_id: str | None = Field(description="The order it was for", examples=[None])
    reason: str | None = Field(description="Why; of what was committed, the parcel", examples=["delivery note 4711"])
    actor: str = Field(description="Who told it", examples=["staff/42"])
    at: datetime = Field(description="When")


def stock_of(row: StockRow) -> Stock:
    """An article's row as callers see it."""
    price = None if row.unit_price is None else Money(amount=row.unit_price, currency=str(row.currency))
    return Stock(
        sku=row.sku,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.on_hand - row.reserved,
        is_discontinued=row.is_discontinued,
        unit_price=price,
        version=row.version,
        updated_at=row.updated_at,
    )


def movement_of(row: StockMovementRow) -> StockMovement:
    """A movement's row as callers see it."""
    return StockMovement(
        id=wire("stk", row.id),
        sku=row.sku,
        kind=cast("MovementKind", row.kind),
        quantity=row.quantity,
        order_id=None if row.order_id is None else wire("ord", row.order_id),
        reason=row.reason,
        actor=row.actor,
        at=row.at,
    )
