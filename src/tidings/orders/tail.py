"""The static part of an order's JSON: what the storefront said. Written here alone, so that it is always the same."""

from collections.abc import Iterable
from itertools import count
from typing import Final

from pydantic import TypeAdapter

from tidings.orders.schemas import OrderDetails, PlaceLine

_DETAILS: Final = TypeAdapter(OrderDetails)
_LINE: Final = TypeAdapter(PlaceLine)


def details_json(details: OrderDetails) -> str:
    """Everything but the number and the lines, as an object."""
    return _DETAILS.dump_json(details).decode()


def tail_json(details: str, lines: Iterable[PlaceLine], numbers: Iterable[int] = ()) -> str:
    """`"placed_at":…,"lines":[{"line":1,…}]}`: what follows the head.

    Args:
        details: of the order, from `details_json`.
        lines: of the order.
        numbers: theirs, in the same order; none: from 1.
    """
    numbered = ",".join(
        f'{{"line":{n},{_LINE.dump_json(line)[1:].decode()}'
        for n, line in zip(numbers or count(1), lines, strict=False)
    )
    return f'{details[1:-1]},"lines":[{numbered}]}}'
