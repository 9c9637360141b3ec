"""All that a document is made from, as it was when it was issued: kept with it, and never read anew from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tidings.documents.arithmetic import Part, Sums, TaxKey, reckon, total_of
from tidings.orders.load import HeldOrder
from tidings.orders.payment import is_paid
from tidings.orders.schemas import PlaceOrder
from tidings.orders.told import as_posted, posted_form
from tidings.storefronts.rules import ShopRules

Json = dict[str, Any]
Groups = dict[TaxKey, Sums]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is told beside shop and order."""

    # When the last of it arrived.
    supplied_at: datetime | None = None
    # In place of what the order says of whom it is for: `billing_address`, `vat_id` …
    made_out_to: Mapping[str, Any] = field(default_factory=dict)
    # Why there is a credit note or a correction.
    reason: str | None = None
    # The invoice that is taken back, and the document in whose place this is: {"id", "name", "issued_at"}.
    credits: Mapping[str, Any] | None = None
    replaces: Mapping[str, Any] | None = None
    # What is taken back, where it is not an order's own sums.
    groups: Groups = field(default_factory=dict)


def input_of(order: HeldOrder, shop: ShopRules, occasion: Occasion) -> Json:
    """The input of one document of this order."""
    posted = as_posted(posted_form(order.row, order.lines))
    reckoned = reckon(posted)
    groups = occasion.groups or reckoned.groups
    return {
        "shop": _shop(shop),
        "order": _order(order, posted, occasion),
        "made_out_to": dict(occasion.made_out_to),
        "lines": [
            {**line.model_dump(mode="json"), **part_json(part)}
            for line, part in zip(posted.lines or (), reckoned.lines, strict=True)
        ],
        "shipping": None if reckoned.shipping is None else part_json(reckoned.shipping),
        "discounts": [part_json(part) for part in reckoned.discounts],
        "discount_reason": None if posted.discount is None else posted.discount.reason,
        "groups": groups_json(groups),
        "sums": sums_json(total_of(groups)),
        "currency": order.row.currency,
        "is_test": order.row.mode == "test",
        "is_paid": is_paid(order.row, shop.policy),
        "prices_include_tax": posted.prices_include_tax is not False,
        "reason": occasion.reason,
        "credits": occasion.credits,
        "replaces": occasion.replaces,
    }


def _shop(shop: ShopRules) -> Json:
    return {
        "name": shop.name,
        "brand": dict(shop.brand),
        "contact": dict(shop.contact),
        "legal": dict(shop.legal),
        "locale": shop.locale,
        "time_zone": shop.time_zone,
    }


def _order(order: HeldOrder, posted: PlaceOrder, occasion: Occasion) -> Json:
    customer = posted.customer
    return {
        "id": order.wire_id,
        "number": order.row.number,
        "placed_at": order.row.placed_at.isoformat(),
        "time_zone": order.row.time_zone,
        "customer": order.row.customer_name,
        "vat_id": customer.vat_id if customer else None,
        "billing_address": posted.billing_address.model_dump(mode="json") if posted.billing_address else None,
        "shipping_address": posted.shipping_address.model_dump(mode="json") if posted.shipping_address else None,
        "payment_method": posted.payment.method if posted.payment else None,
        "payment_reference": posted.payment.reference if posted.payment else None,
        "supplied_at": None if occasion.supplied_at is None else occasion.supplied_at.isoformat(),
        **occasion.made_out_to,
    }


def part_json(part: Part) -> Json:
    """How something is taxed, and what it comes to."""
    return {"category": part.key.category, "rate": format(part.key.rate, "f"), **sums_json(part.sums)}


def sums_json(sums: Sums) -> Json:
    """Minor units."""
    return {"net": sums.net, "tax": sums.tax, "gross": sums.gross}


def groups_json(groups: Groups) -> list[Json]:
    """Sums by rate, in their order."""
    return [
        {"category": key.category, "rate": format(key.rate, "f"), **sums_json(sums)} for key, sums in groups.items()
    ]


def groups_of(stored: Mapping[str, Any]) -> Groups:
    """The sums by rate of a document's input."""
    return {
        TaxKey(each["category"], Decimal(each["rate"])): Sums(each["net"], each["tax"]) for each in stored["groups"]
    }


def is_warranted(order: HeldOrder) -> bool:
    """Whether something of it is warranted."""
    return any(line.warranty_months for line in order.lines)
