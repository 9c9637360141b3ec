"""Whether an order has been paid, as far as tidings can know."""

from collections.abc import Mapping
from typing import Any, Final

from tidings.orders.tables import OrderRow
from tidings.storefronts.policy import Policy

# Methods by which the goods come first; their check says that the customer is good for the money, not that it is here.
PAID_LATER: Final = frozenset(
    {"bill", "cash_on_delivery", "cod", "invoice", "on_account", "pay_later", "purchase_order"}
)
# The storefronts' words for money that they have.
_HAS_IT: Final = frozenset({"captured", "paid", "settled", "succeeded"})


def is_paid(row: OrderRow, policy: Policy) -> bool:
    """Whether the money is the shop's: its check has passed, and its method does not mean that it comes later.

    Args:
        row: the order.
        policy: of its shop, which may say of a method that it is paid later (`agreed`).
    """
    payment = row.details.get("payment") or {}
    return row.payment_check == "passed" and (not _comes_later(payment, policy) or _is_here(payment))


def may_be_paid(row: OrderRow, policy: Policy) -> bool:
    """Whether money may have come that no check has found: the order names what by, or says that it is here.

    Args:
        row: the order.
        policy: of its shop.
    """
    payment = row.details.get("payment") or {}
    return _is_here(payment) or (bool(payment.get("reference")) and not _comes_later(payment, policy))


def _is_here(payment: Mapping[str, Any]) -> bool:
    return str(payment.get("status") or "").lower() in _HAS_IT


def _comes_later(payment: Mapping[str, Any], policy: Policy) -> bool:
    method = str(payment.get("method") or "")
    plain = method.lower().replace("-", "_").replace(" ", "_")
    return plain in PAID_LATER or policy.verification.payment_of(method) == "agreed"
