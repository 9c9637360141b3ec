"""What is in a parcel, and what is still to come. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidings.kit.problem import Fault


@dataclass(frozen=True, slots=True)
class Ordered:
    """One line of the order, as far as shipping goes."""

    line: int
    sku: str
    name: str
    quantity: int
    is_product: bool


@dataclass(frozen=True, slots=True)
class Packed:
    """So many of that line."""

    line: int
    quantity: int


def left(ordered: Sequence[Ordered], shipped: Iterable[Packed]) -> dict[int, int]:
    """How many of each line have not been shipped yet."""
    gone: Counter[int] = Counter()
    for packed in shipped:
        gone[packed.line] += packed.quantity
    return {line.line: line.quantity - gone[line.line] for line in ordered}


def to_ship(ordered: Sequence[Ordered], remaining: Mapping[int, int]) -> list[Packed]:
    """Everything that still has to go out.

    Services are done, not shipped, so nobody waits for them; an order of nothing but services is told of the same way
    as any other, so there they count.
    """
    has_products = any(line.is_product for line in ordered)
    return [
        Packed(line.line, remaining[line.line])
        for line in ordered
        if remaining[line.line] > 0 and (line.is_product or not has_products)
    ]


def overpacked(wanted: Sequence[Packed], remaining: Mapping[int, int]) -> list[Fault]:
    """What cannot be in the parcel: lines that there are not, and more than is left."""
    faults, packed = [], Counter[int]()
    for n, item in enumerate(wanted):
        if item.line not in remaining:
            faults.append(Fault(f"/lines/{n}/line", f"is not a line of this order, which has {len(remaining)}"))
            continue
        packed[item.line] += item.quantity
        if packed[item.line] > remaining[item.line]:
            rest = remaining[item.line]
            faults.append(Fault(f"/lines/{n}/quantity", f"makes {packed[item.line]} of line {item.line}: {rest} left"))
    return faults


def gathered(wanted: Iterable[Packed]) -> list[Packed]:
    """One entry for each line, in the order of the lines."""
    packed: Counter[int] = Counter()
    for item in wanted:
        packed[item.line] += item.quantity
    return [Packed(line, quantity) for line, quantity in sorted(packed.items())]
