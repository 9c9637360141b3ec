"""Whole minor units, and a currency."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tidings.kit.money import MAX_MINOR_UNITS, Money, major_units


@pytest.mark.parametrize(
    ("amount", "currency", "major"),
    [(1990, "EUR", "19.90"), (1990, "JPY", "1990"), (1990, "KWD", "1.990"), (0, "USD", "0.00")],
)
def test_each_currency_has_its_own_decimals(amount: int, currency: str, major: str) -> None:
    assert major_units(amount, currency) == Decimal(major)


@pytest.mark.parametrize(
    "money",
    [
        {"amount": 19.9, "currency": "EUR"},
        {"amount": "1990", "currency": "EUR"},
        {"amount": True, "currency": "EUR"},
        {"amount": -1, "currency": "EUR"},
        {"amount": MAX_MINOR_UNITS + 1, "currency": "EUR"},
        {"amount": 1, "currency": "eur"},
        {"amount": 1, "currency": "EUX"},
        {"amount": 1, "currency": "EURO"},
        {"amount": 1},
        {"amount": 1, "currency": "EUR", "tax": 0},
    ],
)
def test_what_is_no_money_is_refused(money: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate(money)


def test_money_is_money() -> None:
    assert Money.model_validate({"amount": MAX_MINOR_UNITS, "currency": "EUR"}).amount == MAX_MINOR_UNITS
