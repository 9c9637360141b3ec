from types import SimpleNamespace
from typing import Any

import pytest

from tidings.orders.payment import PAID_LATER, is_paid
from tidings.storefronts.policy import Policy

AGREED = Policy.model_validate({"verification": {"payment_by_method": {"wire": "agreed", "card": "manual"}}})


def order(check: str, method: str | None, status: str | None = None) -> Any:
    payment = None if method is None else {"method": method, "status": status}
    return SimpleNamespace(payment_check=check, details={"payment": payment})


@pytest.mark.parametrize(
    ("check", "method", "status"),
    [
        ("passed", "card", "authorised"),
        ("passed", "invoice", "paid"),
        ("passed", "wire", "Settled"),
        ("passed", None, None),
    ],
)
def test_money_is_here_when_its_check_passed(check: str, method: str | None, status: str | None) -> None:
    assert is_paid(order(check, method, status), AGREED)


@pytest.mark.parametrize(
    ("check", "method", "status"),
    [
        ("pending", "card", "paid"),
        ("failed", "card", None),
        ("passed", "Cash on delivery", None),
        ("passed", "wire", None),
    ],
)
def test_money_that_comes_later_is_not_here(check: str, method: str | None, status: str | None) -> None:
    assert not is_paid(order(check, method, status), AGREED)


def test_methods_are_told_in_one_form() -> None:
    assert all(method == method.lower().replace("-", "_").replace(" ", "_") for method in PAID_LATER)
