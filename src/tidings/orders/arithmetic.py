"""Money arithmetic of an order: one currency, and a total that is the sum of its parts."""

from collections.abc import Iterator
from decimal import Decimal

from tidings.kit.money import Money
from tidings.orders.findings import Findings
from tidings.orders.schemas import Charge, PlaceOrder

_TOTAL = "/total"


def check_money(order: PlaceOrder, findings: Findings) -> None:
    """Report prices in another currency than the total, and a total that is not what the parts make."""
    if order.total is None:
        findings.lacks(_TOTAL)
        return
    total = order.total
    others = [(pointer, price) for pointer, price in _prices(order) if price.currency != total.currency]
    for pointer, price in others:
        findings.refuse(f"{pointer}/currency", f"is {price.currency}, but the total is in {total.currency}")
    expected = None if others else price_of(order)
    if expected is not None and expected != total.amount:
        findings.refuse(_TOTAL, _difference(order, total, expected))


def _prices(order: PlaceOrder) -> Iterator[tuple[str, Money]]:
    for n, line in enumerate(order.lines or ()):
        if line.unit_price is not None:
            yield f"/lines/{n}/unit_price", line.unit_price
    if order.shipping is not None and order.shipping.price is not None:
        yield "/shipping/price", order.shipping.price
    if order.discount is not None and order.discount.price is not None:
        yield "/discount/price", order.discount.price


def price_of(order: PlaceOrder) -> int | None:
    """Lines and shipping less the discount, with the tax on each if prices are net; None if a part is missing."""
    net = order.prices_include_tax is False
    total = 0
    for line in order.lines or ():
        if line.quantity is None or line.unit_price is None:
            return None
        total += _with_tax(line.quantity * line.unit_price.amount, line.tax_rate if net else None)
    shipping, discount = _charge(order.shipping, net=net), _charge(order.discount, net=net)
    return None if not order.lines or shipping is None or discount is None else total + shipping - discount


def shipping_price(order: PlaceOrder) -> int:
    """What shipping costs the customer, with its tax."""
    return _charge(order.shipping, net=order.prices_include_tax is False) or 0


def line_price(order: PlaceOrder, n: int, quantity: int) -> int:
    """What so many of a complete order's line (its place in the list) cost the customer, with their tax."""
    line = (order.lines or ())[n]
    if line.unit_price is None:
        message = f"line {n + 1} of a complete order has no price"
        raise AssertionError(message)
    return _with_tax(quantity * line.unit_price.amount, line.tax_rate if order.prices_include_tax is False else None)


def _charge(charge: Charge | None, *, net: bool) -> int | None:
    if charge is None:
        return 0
    return None if charge.price is None else _with_tax(charge.price.amount, charge.tax_rate if net else None)


def _with_tax(amount: int, rate: str | None) -> int:
    """The amount and its tax, rounded half up to the minor unit, each line by itself."""
    return amount if rate is None else amount + tax_on(amount, Decimal(rate))


def tax_on(net: int, rate: Decimal) -> int:
    """The tax on a net amount, in minor units, rounded half up."""
    # Scaled by hand: amounts may have more digits than the decimal context keeps.
    numerator, denominator = rate.as_integer_ratio()
    return (2 * net * numerator + denominator) // (2 * denominator)


def _difference(order: PlaceOrder, total: Money, expected: int) -> str:
    how = "lines + tax + shipping - discount" if order.prices_include_tax is False else "lines + shipping - discount"
    off = total.amount - expected
    word = "too much" if off > 0 else "too little"
    return f"is {total.amount} {total.currency}, but {how} make {expected}: {abs(off)} {word}"
