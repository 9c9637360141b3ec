"""Tax by rate: net, tax and gross of an order, of its lines and of what goes back; whole minor units, exact sums.

The sum is always what the order cost. Where prices include tax, the tax of each rate is taken out of its sum and spread
over its parts; where they do not, each part has been taxed by itself, as the order was (orders/arithmetic.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from tidings.orders.arithmetic import tax_on
from tidings.orders.schemas import Charge, PlaceOrder

_NO_RATE: Final = Decimal(0)
STANDARD: Final = "S"
ZERO: Final = "Z"


class TaxKey(NamedTuple):
    """What is taxed alike: UNCL 5305 category, and the rate as a share."""

    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """An amount without tax, its tax, and both."""

    net: int
    tax: int

    @property
    def gross(self) -> int:
        """Both."""
        return self.net + self.tax

    def __add__(self, other: "Sums") -> "Sums":
        """Both amounts together."""
        return Sums(self.net + other.net, self.tax + other.tax)

    def __neg__(self) -> "Sums":
        """The same, going back."""
        return Sums(-self.net, -self.tax)


NOTHING: Final = Sums(0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is charged (or taken off: less than nothing), and what its price comes to."""

    key: TaxKey
    # As the order has it: with the tax or without.
    amount: int
    sums: Sums = NOTHING


@dataclass(frozen=True, slots=True)
class Reckoning:
    """An order's sums."""

    lines: Sequence[Part]
    shipping: Part | None
    # One for each rate that it is taken off.
    discounts: Sequence[Part]
    groups: dict[TaxKey, Sums]

    @property
    def total(self) -> Sums:
        """The whole order."""
        return total_of(self.groups)


def total_of(groups: dict[TaxKey, Sums]) -> Sums:
    """All groups together."""
    return sum(groups.values(), NOTHING)


def reckon(order: PlaceOrder) -> Reckoning:
    """The sums of a complete order."""
    keys = _Keys(order)
    lines = [
        Part(keys.of(line.tax_rate, line.tax_category), (line.quantity or 0) * line.unit_price.amount)
        for line in order.lines or ()
        if line.unit_price is not None
    ]
    shipping = [Part(keys.of(each.tax_rate), _price(each)) for each in (order.shipping,) if each is not None]
    is_net = order.prices_include_tax is False
    discounts = _discounts(order, keys, [*lines, *shipping], is_net=is_net)
    parts = [*lines, *shipping, *discounts]
    summed = [_taxed(part) for part in parts] if is_net else _untaxed(parts)
    goods, rest = summed[: len(lines)], summed[len(lines) :]
    return Reckoning(goods, rest[0] if shipping else None, rest[len(shipping) :], grouped(summed))


def grouped(parts: Iterable[Part]) -> dict[TaxKey, Sums]:
    """The sums of what is taxed alike, the highest rate first."""
    found: dict[TaxKey, Sums] = {}
    for part in sorted(parts, key=lambda part: (-part.key.rate, part.key.category)):
        found[part.key] = found.get(part.key, NOTHING) + part.sums
    return found


class _Keys:
    """How parts of one order are taxed where nobody says so in full."""

    def __init__(self, order: PlaceOrder) -> None:
        untaxed = (line.tax_category for line in order.lines or () if not _rate(line.tax_rate) and line.tax_category)
        # Shipping follows the goods: what is exported untaxed is carried untaxed for the same reason.
        self._untaxed: str = next(untaxed, ZERO)

    def of(self, rate: str | None, category: str | None = None) -> TaxKey:
        """The rate, and the category that is told or follows from it."""
        share = _rate(rate)
        return TaxKey(category or (STANDARD if share else self._untaxed), share)


def _rate(text: str | None) -> Decimal:
    return _NO_RATE if text is None else Decimal(text).normalize() + _NO_RATE


def _price(charge: Charge) -> int:
    return 0 if charge.price is None else charge.price.amount


def _discounts(order: PlaceOrder, keys: _Keys, charged: Sequence[Part], *, is_net: bool) -> list[Part]:
    """What is taken off, by rate: its own, or else (where prices include tax) spread over those of what it is off."""
    discount = order.discount
    if discount is None or not _price(discount):
        return []
    if discount.tax_rate is not None or is_net:
        return [Part(keys.of(discount.tax_rate), -_price(discount))]
    amounts: dict[TaxKey, int] = {}
    for part in charged:
        amounts[part.key] = amounts.get(part.key, 0) + part.amount
    shares = spread(_price(discount), list(amounts.values()))
    return [Part(key, -share) for key, share in zip(amounts, shares, strict=True) if share]


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in whole shares, in proportion; their sum is the amount. Without any weight the first has it all."""
    total = sum(weights)
    if not total:
        return [amount, *[0] * (len(weights) - 1)] if weights else []
    shares, before, weight = [], 0, 0
    for each in weights:
        weight += each
        upto = _rounded(amount * weight, total)
        shares.append(upto - before)
        before = upto
    return shares


def _taxed(part: Part) -> Part:
    tax = tax_on(abs(part.amount), part.key.rate)
    return Part(part.key, part.amount, Sums(part.amount, tax if part.amount > 0 else -tax))


def _untaxed(parts: Sequence[Part]) -> list[Part]:
    """The tax taken out of each rate's sum; the parts' shares add up to it."""
    so_far: dict[TaxKey, int] = {}
    found = []
    for part in parts:
        before = so_far.get(part.key, 0)
        after = so_far[part.key] = before + part.amount
        tax = tax_in(after, part.key.rate) - tax_in(before, part.key.rate)
        found.append(Part(part.key, part.amount, Sums(part.amount - tax, tax)))
    return found


def tax_in(gross: int, rate: Decimal) -> int:
    """The tax in a gross amount, in minor units, rounded half away from nothing."""
    numerator, denominator = rate.as_integer_ratio()
    return _rounded(gross * numerator, numerator + denominator)


def _rounded(numerator: int, denominator: int) -> int:
    """A fraction as a whole number, half away from nothing."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def credited(invoice: dict[TaxKey, Sums], before: dict[TaxKey, Sums], amount: int) -> dict[TaxKey, Sums]:
    """What of an invoice a credit of this gross amount takes back, by rate.

    Reckoned from the invoice's beginning, so that credits that take back all of it take back all of its tax.

    Args:
        invoice: its groups.
        before: what earlier credits took back.
        amount: at most what is left.
    """
    left = {key: sums.gross - before.get(key, NOTHING).gross for key, sums in invoice.items()}
    shares = spread(amount, list(left.values()))
    found = {}
    for (key, whole), share in zip(invoice.items(), shares, strict=True):
        earlier = before.get(key, NOTHING)
        gross = earlier.gross + share
        tax = _rounded(whole.tax * gross, whole.gross) if whole.gross else whole.tax
        found[key] = Sums(gross - tax, tax) + -earlier
    return {key: sums for key, sums in found.items() if sums != NOTHING}
