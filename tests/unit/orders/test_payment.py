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
    ("check", "method", "status", "paid"),
    [
        ("passed", "card", "authorised", True),
        ("pending", "card", "paid", False),
        ("failed", "card", None, False),
        ("passed", "Cash on delivery", None, False),
        ("passed", "invoice", "paid", True),
        ("passed", "wire", None, False),
        ("passed", "wire", "Settled", True),
        ("passed", None, None, True),
    ],
)
def test_money_is_here_when_its_check_passed_and_it_does_not_come_later(
    check: str, method: str | None, status: str | None, paid: bool
) -> None:
    assert is_paid(order(check, method, status), AGREED) is paid


def test_methods_are_told_in_one_form() -> None:
    assert all(method == method.lower().replace("-", "_").replace(" ", "_") for method in PAID_LATER)
