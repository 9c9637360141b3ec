"""Lays the changes that were asked for upon an order: what it would be, what it would cost, and which parts differ.

Pure but for the rows in hand.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from tidings.kit.money import MAX_MINOR_UNITS
from tidings.kit.problem import Fault
from tidings.kit.scope import Mode
from tidings.orders.arithmetic import price_of
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.orders.load import HeldOrder
from tidings.orders.merge import differences, merged
from tidings.orders.ports import Article
from tidings.orders.told import as_posted, posted_form
from tidings.storefronts.policy import ChangePart
from tidings.storefronts.rules import ShopRules

_AT: Final = "/changes"

# First name of the pointer → the part, as the policy names it.
_PARTS: Final[Mapping[str, ChangePart]] = {
    "shipping_address": "shipping_address",
    "billing_address": "billing_address",
    "customer": "contact",
    "estimated_delivery": "delivery_date",
    "lines": "lines",
}


@dataclass(frozen=True, slots=True)
class Patched:
    """The order as it would be: complete, right, and different."""

    checked: CheckedOrder
    # Pointers to what differs.
    changed: tuple[str, ...]

    @property
    def parts(self) -> tuple[ChangePart, ...]:
        """What differs, as the policy names it."""
        named = {pointer.split("/")[1] for pointer in self.changed}
        return tuple(part for name, part in _PARTS.items() if name in named)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when an order is changed."""

    shop: ShopRules
    mode: Mode
    now: datetime
    # What the shop sells of what is to be ordered; None: anything may be.
    articles: Mapping[str, Article] | None = None


def patched(order: HeldOrder, changes: Mapping[str, Any], where: Setting) -> Patched | list[Fault]:
    """The order with these changes, checked anew as a whole; or everything that is wrong with it then.

    Its total is worked out anew, so that nobody need send one.
    """
    before = posted_form(order.row, order.lines)
    lines = {"lines": filled_lines(changes, before["lines"])} if changes.get("lines") else {}
    after = merged(before, {**changes, **lines})
    total = _total(after)
    if total is not None and not 0 <= total <= MAX_MINOR_UNITS:
        return [Fault(f"{_AT}/lines", f"make a total of {total}, which no order can have")]
    if total is not None:
        after["total"] = {"amount": total, "currency": order.row.currency}
    articles = _sold(where, before["lines"]) if "lines" in changes else None
    raw = json.dumps(after).encode()
    result = check(raw, where.shop, where.mode, where.now, lenient=False, articles=articles)
    if isinstance(result, list):
        return [Fault(_AT + fault.pointer, fault.detail) for fault in result]
    changed = [pointer for pointer in _differing(before, result) if pointer.split("/")[1] in _PARTS]
    return Patched(result, tuple(changed)) if changed else [Fault(_AT, "change nothing: the order is so already")]


def filled_lines(changes: Mapping[str, Any], present: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as asked for, each filled up from the present line of the same article."""
    known = {line["sku"]: line for line in reversed(present)}
    return [{**known.get(line.get("sku"), {}), **line} for line in changes["lines"]]


def _sold(where: Setting, present: Sequence[Mapping[str, Any]]) -> Mapping[str, Article] | None:
    """What may be ordered; what the order names already was sold when it was received, at its price of then."""
    if where.articles is None:
        return None
    return {**where.articles, **{line["sku"]: Article(line["sku"]) for line in present}}


def _total(after: Mapping[str, Any]) -> int | None:
    try:
        return price_of(as_posted(after))
    except ValidationError:
        # The check tells what is wrong with it.
        return None


def _differing(before: Mapping[str, Any], result: CheckedOrder) -> list[str]:
    after = json.loads("{" + result.tail)
    after["lines"] = [{name: value for name, value in line.items() if name != "line"} for line in after["lines"]]
    return differences(_bare(before), _bare(after))


def _bare(form: Mapping[str, Any]) -> dict[str, Any]:
    """Lists are compared as one thing, so null and absent must look the same in them."""
    lines = [{name: value for name, value in line.items() if value is not None} for line in form["lines"]]
    return {**form, "lines": lines}
