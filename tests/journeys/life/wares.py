"""What the random shops decide for themselves, and what they sell."""

from typing import Any

from tests.fixtures.orders import order_body

POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"verification": {"stock": "ledger"}, "completes_after_days": 1},
    {
        "verification": {"stock": "ledger"},
        "unpaid_expires_after_hours": 24,
        "changes": {"two_approvers_from": 1500, "cancellation_fee": 300, "refund_shipping": False},
        "desk": {"email": "desk@teahouse.test", "owner": "staff/olga", "delegate": "staff/dora"},
    },
    {
        "changes": {
            "cancellation": {"until": "partially_shipped", "approval": "automatic"},
            "lines": {"until": "partially_shipped", "approval": "automatic"},
            "shipping_address": {"until": "shipped", "approval": "automatic"},
        },
        "not_told": ["order_processing", "issue_resolved"],
    },
)

# What the shop sells: article number, price.
ARTICLES = (("TEA-01", 500), ("POT-01", 2000), ("CUP-01", 700))
SHIPPING, DISCOUNT = 490, 100


def lines_of(quantities: list[int]) -> list[dict[str, Any]]:
    """A line for each article of which there is any."""
    return [
        {"sku": sku, "name": f"Article {sku}", "quantity": quantity, "unit_price": {"amount": price, "currency": "EUR"}}
        for (sku, price), quantity in zip(ARTICLES, quantities, strict=False)
        if quantity
    ]


def body_of(quantities: list[int], **more: Any) -> dict[str, Any]:
    """An order of so many of each article; sending it costs something, and something is taken off."""
    lines = lines_of(quantities)
    total = sum(line["quantity"] * line["unit_price"]["amount"] for line in lines) + SHIPPING - DISCOUNT
    return order_body(
        lines=lines,
        shipping={"price": {"amount": SHIPPING, "currency": "EUR"}, "tax_rate": "0.19"},
        discount={"price": {"amount": DISCOUNT, "currency": "EUR"}, "tax_rate": "0.19"},
        total={"amount": total, "currency": "EUR"},
        **more,
    )
