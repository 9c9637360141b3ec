"""Orders that can be pasted into the explorer: they fit the demo storefront's test key, today and next year.

The number is left out (tidings gives one), and the dates hang on `placed_at`, which may lie in the past.
"""

from typing import Any, Final

_ADDRESS: Final = {
    "name": "Ada Byron",
    "line1": "Invalidenstraße 116",
    "line2": None,
    "city": "Berlin",
    "region": None,
    "postal_code": "10115",
    "country": "DE",
}

ORDER: Final[dict[str, Any]] = {
    "placed_at": "2026-11-23T09:14:07+01:00",
    "sales_channel": "web",
    "customer": {
        "name": "Ada Byron",
        "email": "delivered@sandbox.test",
        "phone": "+15005550101",
        "locale": "de-DE",
        "preferred_channel": "email",
    },
    "billing_address": _ADDRESS,
    "shipping_address": _ADDRESS,
    "lines": [
        {
            "sku": "TEA-01",
            "name": "Green tea 100 g",
            "quantity": 2,
            "unit_price": {"amount": 990, "currency": "EUR"},
            "tax_rate": "0.07",
            "tax_category": "S",
            "kind": "product",
        }
    ],
    "shipping": {"price": {"amount": 490, "currency": "EUR"}, "tax_rate": "0.19"},
    "total": {"amount": 2470, "currency": "EUR"},
    "payment": {"method": "card", "provider": "stripe", "reference": "pi_123", "status": "authorised"},
    "estimated_delivery": {"from": "2026-11-26", "to": "2026-11-28"},
    "metadata": {"cart": "c-77"},
}

ORDERS: Final[dict[str, Any]] = {
    "orders": [ORDER, ORDER | {"customer": ORDER["customer"] | {"preferred_channel": "sms", "locale": "en-GB"}}]
}
