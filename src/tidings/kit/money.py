"""Money: whole minor units and an ISO 4217 currency, never a float."""

from decimal import Decimal

from babel.numbers import get_currency_precision, list_currencies
from pydantic import BaseModel, ConfigDict, Field, field_validator

# Kept under 2^53 so that a JavaScript client reads the same number.
MAX_MINOR_UNITS = 9_007_199_254_740_991

CURRENCIES = frozenset(list_currencies())


class Money(BaseModel):
    """An amount of money: minor units (cents for EUR, yen for JPY) and the currency's ISO 4217 code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: int = Field(ge=0, le=MAX_MINOR_UNITS, strict=True, description="Minor units", examples=[1990])
    currency: str = Field(min_length=3, max_length=3, description="ISO 4217", examples=["EUR"])

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in CURRENCIES:
            message = "is not an ISO 4217 currency code in capitals"
            raise ValueError(message)
        return value


def major_units(amount: int, currency: str) -> Decimal:
    """`1990 EUR` → `Decimal("19.90")`, by the currency's own number of decimals (0 for JPY, 3 for KWD)."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))
