"""Amends an order: completes an incomplete one (SOP 4.1), or corrects what staff may correct in a complete one."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.facts import Fact
from tidings.milestones.follow import follow
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.orders.complete import complete_order
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update, party_of
from tidings.orders.merge import differences, merged
from tidings.orders.move import illegal
from tidings.orders.ports import Article
from tidings.orders.precondition import check_precondition
from tidings.orders.promise import promise_anew
from tidings.orders.reach import change_contact
from tidings.orders.rewrite import rewrite
from tidings.orders.told import posted_form
from tidings.storefronts.shopbook import shop_rules

_UNTIL_SHIPPED: Final = frozenset({"received", "processing", "partially_shipped"})
_UNTIL_DELIVERED: Final = _UNTIL_SHIPPED | {"shipped", "partially_delivered"}
_UNTIL_CLOSED: Final = _UNTIL_DELIVERED | {"delivered"}

# What may be corrected in a complete order, and while it is in which status. Anything else changes what was bought,
# which takes a change request.
CORRECTABLE: Final[Mapping[str, Collection[str]]] = {
    "customer": _UNTIL_CLOSED,
    "billing_address": _UNTIL_CLOSED,
    "shipping_address": _UNTIL_SHIPPED,
    "estimated_delivery": _UNTIL_DELIVERED,
    "metadata": _UNTIL_CLOSED,
}
_ENDED: Final = frozenset({"completed", "cancelled"})
# What the customer is told of when it changes, in the order in which it is told.
_TOLD: Final = ("lines", "total", "shipping_address", "billing_address", "estimated_delivery")


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """Change this much of an order."""

    order_id: UUID | None
    # A JSON Merge Patch.
    changes: Mapping[str, Any]
    # The header of that name.
    if_match: str | None
    actor: str
    # What the shop sells of what the order names (accuracy.py); None: not checked.
    articles: Mapping[str, Article] | None = None


async def amend_order(tx: Tx, command: AmendOrder, *, now: datetime) -> HeldOrder:
    """Lay the changes upon the order and check it anew as a whole; a patch that changes nothing does nothing.

    But it completes an incomplete order if what was missing has come otherwise: the shop sells the article by now.

    Raises:
        NotFound: there is no such order.
        PreconditionRequired, PreconditionFailed: see `precondition`.
        IllegalMove: the order's status does not allow (any) such changes.
        InvalidInput: the changed order would not be right.
    """
    order = await order_for_update(tx, command.order_id)
    check_precondition(command.if_match, order.row.version)
    before = posted_form(order.row, order.lines)
    after = merged(before, command.changes)
    asked = differences(before, after)
    was_incomplete, reached = order.row.status == "incomplete", party_of(order.row)
    if not asked and not was_incomplete:
        return order
    _refuse_out_of_reach(order, asked)
    checked = await _checked(tx, order, after, command.articles, now)
    if not asked and checked.missing:
        return order
    rewrite(tx, order, checked)
    changed = differences(before, posted_form(order.row, order.lines))
    by = By(command.actor, now)
    if reached.notify != order.row.notify:
        await promise_anew(tx, order, by)
    if was_incomplete and not checked.missing:
        # While it is incomplete: its contacts are a part of what was missing, and nobody is told that they changed.
        await change_contact(tx, order, reached, by)
        await complete_order(tx, order, by, changed)
    elif changed:
        order.touch(now)
        await follow(tx, [_amended(order, by, changed)])
        await change_contact(tx, order, reached, by)
    return order


def _amended(order: HeldOrder, by: By, changed: Sequence[str]) -> Fact:
    """What became of a complete order: a change that the customer must be told of, or not."""
    parts = {part_of(pointer) for pointer in changed}
    told = [part for part in _TOLD if part in parts] if order.row.status != "incomplete" else []
    if not told:
        return fact_of(order, "order.amended", by, About(data={"changed": changed}))
    update = {"update": json.dumps({"changed": told})}
    return fact_of(order, "order.changed", by, About(data={"changed": changed}, snapshot=update))


def part_of(pointer: str) -> str:
    """The part of an order that a pointer leads into."""
    return pointer.split("/")[1]


def _refuse_out_of_reach(order: HeldOrder, asked: list[str]) -> None:
    status = order.row.status
    if status in _ENDED:
        raise illegal(order, "The order has ended: it is not changed any more.")
    if status == "incomplete":
        return
    parts = dict.fromkeys(part_of(pointer) for pointer in asked)
    never = [part for part in parts if part not in CORRECTABLE]
    if never:
        detail = "cannot be corrected once the order is complete; it takes a change request"
        raise InvalidInput(faults=[Fault(f"/{part}", detail) for part in never])
    late = [part for part in parts if status not in CORRECTABLE[part]]
    if late:
        raise illegal(order, f"Too late to change in this status: {', '.join(late)}.")


async def _checked(
    tx: Tx, order: HeldOrder, after: Mapping[str, Any], articles: Mapping[str, Article] | None, now: datetime
) -> CheckedOrder:
    """The changed order, judged by the shop's present rules; the channel that it came by stays approved.

    What a complete order names was sold when it was received: only an incomplete one is held to the catalogue.
    """
    row = order.row
    rules = await shop_rules(tx, row.storefront_id)
    rules = replace(rules, sales_channels=rules.sales_channels | ({row.sales_channel} - {""}))
    lenient = row.status == "incomplete"
    raw, sold = json.dumps(after).encode(), articles if lenient else None
    result = check(raw, rules, tx.scope.mode, now, lenient=lenient, articles=sold)
    if isinstance(result, list):
        raise InvalidInput(faults=result)
    return result
