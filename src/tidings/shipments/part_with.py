"""Lets lines be taken off an order whose parcels brought them back: these go on telling what was in them."""

from collections.abc import Collection, Mapping
from typing import Any

from tidings.shipments.contents import Ordered
from tidings.shipments.load import Parcels


def part_with(parcels: Parcels, staying: Collection[int]) -> None:
    """Have the parcels name what they hold of lines that will not stay; before the order loses these.

    Args:
        parcels: of the order in hand, with its lines as they were so far.
        staying: the numbers of those that it keeps.
    """
    going = {line.line: line for line in parcels.ordered() if line.line not in staying}
    for row in parcels.rows:
        row.lines = [_named(packed, going) for packed in row.lines]


def _named(packed: Mapping[str, Any], going: Mapping[int, Ordered]) -> dict[str, Any]:
    line = going.get(packed["line"])
    return dict(packed) if line is None else {**packed, "sku": line.sku, "name": line.name}
