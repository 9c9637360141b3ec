"""The order that the empty inbox proposes to place."""

import json
from datetime import datetime, timedelta
from typing import Any


def sample_order(now: datetime) -> dict[str, Any]:
    """The smallest order that is complete, from today, for a recipient who gets it."""
    address = {
        "name": "Ada Byron",
        "line1": "Invalidenstr. 1",
        "city": "Berlin",
        "postal_code": "10115",
        "country": "DE",
    }
    price = {"amount": 1990, "currency": "EUR"}
    return {
        "sales_channel": "web",
        "customer": {"name": "Ada Byron", "email": "delivered@sandbox.test"},
        "billing_address": address,
        "shipping_address": address,
        "lines": [{"sku": "TEA-01", "name": "Green tea 100 g", "quantity": 1, "unit_price": price}],
        "total": price,
        "payment": {"method": "card"},
        "estimated_delivery": {
            "from": (now + timedelta(days=3)).date().isoformat(),
            "to": (now + timedelta(days=5)).date().isoformat(),
        },
    }


def sample_text(now: datetime) -> str:
    """The same as JSON, a line for each field."""
    fields = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in sample_order(now).items()]
    return "{\n" + ",\n".join(fields) + "\n}"
