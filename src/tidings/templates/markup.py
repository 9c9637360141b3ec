"""schema.org descriptions inside e-mails, so that a mailbox can show the order or the parcel by itself."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from markupsafe import Markup

from tidings.kit.money import major_units
from tidings.templates import reading
from tidings.templates.addresses import Address
from tidings.templates.cleaning import clean, link
from tidings.templates.reading import Node
from tidings.templates.sections.material import MAX_NUMBER, Material
from tidings.templates.sections.places import expected
from tidings.templates.shop import Shop

Described = dict[str, Any]

# Of an order's status, where schema.org has a word for it that is not OrderProcessing.
_STATUSES: Final = {
    "partially_shipped": "OrderInTransit",
    "shipped": "OrderInTransit",
    "partially_delivered": "OrderInTransit",
    "delivered": "OrderDelivered",
    "completed": "OrderDelivered",
    "cancelled": "OrderCancelled",
}

# The end of the script, the start of a comment, an entity: none of them may be read as HTML's.
_IN_SCRIPT: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def described(kind: str, material: Material, shop: Shop) -> Markup:
    """The description as JSON-LD that can stand inside a script element whatever is in it.

    Args:
        kind: a key of KINDS.
        material: with its sections read, so that what must be there is.
        shop: the merchant.
    """
    # ASCII only: no line or paragraph separator, no direction mark survives unescaped.
    text = json.dumps({"@context": "https://schema.org", **KINDS[kind](material, shop)}, separators=(",", ":"))
    return Markup(text.translate(_IN_SCRIPT))  # noqa: S704 - escaped right here


def _order(material: Material, shop: Shop) -> Described:
    given = material.order
    amount, currency = reading.money(given, "total", "/order")
    placed = given.get("placed_at") or given.get("received_at")
    return {
        **_order_reference(material, shop),
        "orderStatus": f"https://schema.org/{_STATUSES.get(str(given.get('status')), 'OrderProcessing')}",
        "orderDate": placed,
        "price": str(major_units(amount, currency)),
        "priceCurrency": currency,
        "acceptedOffer": [_offer(line) for line in reading.nodes(given, "lines", "/order")],
        "orderDelivery": _delivery(material),
        "billingAddress": _postal_address(material.addresses["billing_address"]),
    }


def _parcel(material: Material, shop: Shop) -> Described:
    shipment = material.part("shipment")
    found = {
        "@type": "ParcelDelivery",
        **_delivery(material),
        "trackingNumber": reading.maybe_text(shipment, "tracking_number", "/shipment", 100),
        "trackingUrl": material.names["tracking_url"],
        "itemShipped": [
            {"@type": "Product", "name": reading.text(line, "name", "/shipment/lines")}
            for line in reading.nodes(shipment, "lines", "/shipment")
        ],
        "partOfOrder": _order_reference(material, shop),
    }
    carrier = reading.maybe_text(shipment, "carrier", "/shipment", 100)
    if carrier:
        found["carrier"] = {"@type": "Organization", "name": carrier}
    return {name: value for name, value in found.items() if value}


def _cancelled(material: Material, shop: Shop) -> Described:
    return {**_order_reference(material, shop), "orderStatus": "https://schema.org/OrderCancelled"}


def _problem(material: Material, shop: Shop) -> Described:
    return {**_order_reference(material, shop), "orderStatus": "https://schema.org/OrderProblem"}


def _order_reference(material: Material, shop: Shop) -> Described:
    found: Described = {
        "@type": "Order",
        "orderNumber": reading.text(material.order, "number", "/order", MAX_NUMBER),
        "merchant": {"@type": "Organization", "name": clean(shop.name, 100)},
    }
    if url := link(shop.brand.url):
        found["merchant"]["url"] = url
    if order_url := material.names["order_url"]:
        found["url"] = order_url
    return found


def _offer(line: Node) -> Described:
    amount, currency = reading.money(line, "unit_price", "/order/lines")
    return {
        "@type": "Offer",
        "itemOffered": {
            "@type": "Service" if line.get("kind") == "service" else "Product",
            "name": reading.text(line, "name", "/order/lines"),
            "sku": reading.maybe_text(line, "sku", "/order/lines", 100),
        },
        "price": str(major_units(amount, currency)),
        "priceCurrency": currency,
        "eligibleQuantity": {"@type": "QuantitativeValue", "value": line["quantity"]},
    }


def _delivery(material: Material) -> Described:
    to = _postal_address(material.addresses["shipping_address"])
    found: Described = {"@type": "ParcelDelivery", "deliveryAddress": to}
    if "delivery" in material.names:
        first, last = expected(material.order, "/order")
        found |= {"expectedArrivalFrom": first.isoformat(), "expectedArrivalUntil": last.isoformat()}
    return found


def _postal_address(parts: Address) -> Described:
    found = {
        "@type": "PostalAddress",
        "name": parts.name,
        "streetAddress": ", ".join(line for line in (parts.line1, parts.line2) if line),
        "addressLocality": parts.city,
        "addressRegion": parts.region,
        "postalCode": parts.postal_code,
        "addressCountry": parts.country,
    }
    return {name: value for name, value in found.items() if value}


KINDS: Final[Mapping[str, Callable[[Material, Shop], Described]]] = {
    "order": _order,
    "parcel": _parcel,
    # Without what was bought: it may not be known, and is not what the message is about.
    "cancelled": _cancelled,
    "problem": _problem,
}
