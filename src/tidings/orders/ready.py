"""Makes a checked order out of one that passed: defaults filled in, columns picked, JSON written once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from tidings.kit.problem import Fault
from tidings.kit.rows import Row
from tidings.orders.checked import CheckedOrder
from tidings.orders.fields import rate
from tidings.orders.parties import Customer
from tidings.orders.people import order_locale
from tidings.orders.schemas import EstimatedDelivery, PlaceLine, PlaceOrder
from tidings.orders.tail import details_json, tail_json
from tidings.storefronts.kinds import Channel
from tidings.storefronts.rules import ShopRules

_SEVERAL: Final = 2
_NOBODY: Final = Customer()
_SOMETIME: Final = EstimatedDelivery()


def made_ready(
    order: PlaceOrder, shop: ShopRules, now: datetime, channel: Channel, missing: Sequence[Fault]
) -> CheckedOrder:
    """The order as its rows and its answer need it.

    Args:
        order: judged, and without faults but for what is missing.
        shop: what is fallen back to.
        now: taken as `placed_at` when the storefront does not say.
        channel: what the customer is told by first.
        missing: what it lacks.
    """
    _fill_in(order, now)
    customer, estimate = order.customer or _NOBODY, order.estimated_delivery or _SOMETIME
    details, tail = _json(order, is_complete=not missing)
    return CheckedOrder(
        number=order.number or None,
        notify=order.notify is not False,
        placed_at=cast("datetime", order.placed_at),
        sales_channel=order.sales_channel or "",
        customer_email=customer.email,
        customer_phone=customer.phone,
        customer_name=customer.name or None,
        locale=order_locale(customer, shop.locale),
        time_zone=shop.time_zone,
        total=order.total.amount if order.total is not None else 0,
        currency=order.total.currency if order.total is not None else shop.currency,
        estimated_from=estimate.from_,
        estimated_to=estimate.to,
        details=details,
        missing=tuple(missing),
        lines=() if missing else _lines(order.lines or ()),
        preferred_channel=channel,
        devices=[{"platform": device.platform, "token": device.token} for device in customer.devices or ()],
        payment_method=order.payment.method if order.payment is not None else None,
        tail=tail,
    )


def _fill_in(order: PlaceOrder, now: datetime) -> None:
    """What may be absent, as it is meant then; so that readers of `details` need no defaults of their own."""
    if order.placed_at is None:
        order.placed_at = now
    if order.prices_include_tax is None:
        order.prices_include_tax = True
    if order.notify is None:
        order.notify = True
    order.metadata = _as_stored(order.metadata or {})
    if order.customer is not None and order.customer.devices is None:
        order.customer.devices = []
    for line in order.lines or ():
        if line.kind is None:
            line.kind = "product"


def _as_stored(metadata: dict[str, Any]) -> dict[str, Any]:
    """In jsonb's own order, so that an order reads as it was first answered."""
    if len(metadata) < _SEVERAL:
        return metadata
    return dict(sorted(metadata.items(), key=lambda entry: (len(entry[0].encode()), entry[0].encode())))


def _json(order: PlaceOrder, *, is_complete: bool) -> tuple[str, str]:
    """The column `details`, and the tail of the answer: the same letters, but for the lines."""
    details = details_json(order)
    tail = tail_json(details, order.lines or ())
    return (details, tail) if is_complete else ("{" + tail, tail)


def _lines(lines: Sequence[PlaceLine]) -> Sequence[Row]:
    return [_row(n, line) for n, line in enumerate(lines, start=1)]


def _row(number: int, line: PlaceLine) -> Row:
    if line.unit_price is None:
        message = f"line {number} was judged complete and is not"
        raise AssertionError(message)
    return {
        "line": number,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": line.unit_price.amount,
        "tax_rate": rate(line.tax_rate),
        "tax_category": line.tax_category,
        "kind": line.kind,
        "warranty_months": line.warranty_months,
    }
