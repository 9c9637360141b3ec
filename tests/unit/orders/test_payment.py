from types import SimpleNamespace
from typing import Any

import pytest

from tidings.orders.payment import PAID_LATER, is_paid, may_be_paid
from tidings.storefronts.policy import Policy

AGREED = Policy.model_validate({"verification": {"payment_by_method": {"wire": "agreed", "card": "manual"}}})


def order(check: str, method: str | None, status: str | None = None, reference: str | None = None) -> Any:
    payment = None if method is None else {"method": method, "status": status, "reference": reference}
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


@pytest.mark.parametrize(
    ("method", "status", "reference", "may_be"),
    [
        ("card", None, "pi_1", True),
        ("card", "Captured", None, True),
        ("invoice", "paid", None, True),
        ("card", "pending", None, False),
        ("invoice", None, "bill 7", False),
        ("wire", None, "pi_1", False),
        (None, None, None, False),
    ],
)
def test_money_may_have_come_where_the_order_names_what_by_or_says_so(
    method: str | None, status: str | None, reference: str | None, *, may_be: bool
) -> None:
    assert may_be_paid(order("pending", method, status, reference), AGREED) is may_be


def test_methods_are_told_in_one_form() -> None:
    assert all(method == method.lower().replace("-", "_").replace(" ", "_") for method in PAID_LATER)
