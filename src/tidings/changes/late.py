"""What of a request is not possible (any more) where its order stands now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tidings.changes.load import parts_of
from tidings.changes.patch import filled_lines
from tidings.changes.rules import is_possible
from tidings.changes.tables import ChangeRequestRow
from tidings.kit.rows import json_text
from tidings.orders.load import HeldOrder
from tidings.orders.move import status_of
from tidings.orders.told import posted_form
from tidings.storefronts.policy import ChangePart, ChangeRules


def late_parts(order: HeldOrder, row: ChangeRequestRow, rules: ChangeRules) -> list[ChangePart]:
    """The parts of a request of the order in hand that come too late."""
    is_less = takes_off(order, row.changes)
    return [part for part in parts_of(row) if not is_possible(part, status_of(order), rules, is_less=is_less)]


def takes_off(order: HeldOrder, changes: Mapping[str, Any]) -> bool:
    """Whether of its lines some go, or less of them is wanted, and nothing else is different about them."""
    if not changes.get("lines"):
        return False
    present = posted_form(order.row, order.lines)["lines"]
    return _pieces(filled_lines(changes, present)) < _pieces(present)


def _pieces(lines: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """How many there are of what is the same in everything but its quantity."""
    found: Counter[str] = Counter()
    for line in lines:
        same = {name: value for name, value in sorted(line.items()) if name != "quantity" and value is not None}
        found[json_text(same)] += line.get("quantity") or 0
    return found
