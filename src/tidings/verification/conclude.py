"""What the machine may still say about an order's check, and what follows when it has found out.

Whatever came before it has the last word: people who decided by hand, an order that has moved on. Of a cancelled one it
is said only whether it was paid, because its money would have to go back.
"""

from typing import Final, assert_never

from tidings.issues.open import OpenIssue, open_issue
from tidings.issues.resolve import resolve_about
from tidings.kit.db import Tx
from tidings.kit.problem import NotFound
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand
from tidings.records.queries import last_of_kind
from tidings.verification.decide import FACTS, ISSUES, Decision, decide, state_of
from tidings.verification.hand_over import hand_over, take_back
from tidings.verification.kinds import CheckName, Outcome
from tidings.verification.ports import Failed, Passed

MACHINE: Final = "system"

# Where goods can still be lacking: of an order that was changed after its checks.
_BEING_SHIPPED: Final = frozenset({"processing", "partially_shipped", "partially_delivered"})
# Where a check is the order's own; later, what it says is an issue or none.
_DECIDED: Final = frozenset({"received", "cancelled"})
# An order that wants no goods yet; or no more, and its cancellation gives back what it has.
_WANTS_NONE: Final = frozenset({"incomplete", "cancelled"})


async def order_to_check(tx: Tx, errand: ErrandInHand, check: CheckName) -> HeldOrder | None:
    """The order, locked; None when there is nothing left to say about this check of it."""
    order = await _order(tx, errand)
    return order if order is not None and await is_ours(tx, order, check) else None


async def order_to_supply(tx: Tx, errand: ErrandInHand) -> HeldOrder | None:
    """The order, locked; None when the ledger has nothing to do with it (any more), whoever says so."""
    order = await _order(tx, errand)
    return order if order is not None and order.row.status not in _WANTS_NONE else None


def has_all_left(order: HeldOrder) -> bool:
    """Whether nothing of it needs to be supplied any more."""
    return order.row.status not in {"received", *_BEING_SHIPPED}


async def _order(tx: Tx, errand: ErrandInHand) -> HeldOrder | None:
    try:
        return await order_for_update(tx, errand.order_id)
    except NotFound:
        return None


async def is_ours(tx: Tx, order: HeldOrder, check: CheckName) -> bool:
    """Whether the machine may say what has come of this check; people have the last word."""
    status, state = order.row.status, state_of(order, check)
    if status == "received":
        # A payment that failed is for people; goods may come in.
        return state == "pending" or (check == "stock" and await _was_ours(tx, order, check))
    if status == "cancelled" and check == "payment":
        # What was taken for it must go back; the customer may have tried again after a first try had failed.
        return state == "pending" or (state == "failed" and await _was_ours(tx, order, check))
    return check == "stock" and status in _BEING_SHIPPED and await _was_ours(tx, order, check)


async def _was_ours(tx: Tx, order: HeldOrder, check: CheckName) -> bool:
    """Whether the machine decided it the last time."""
    told = await last_of_kind(tx, order.row.id, FACTS[check])
    return told is not None and told.actor == MACHINE


async def conclude(tx: Tx, order: HeldOrder, check: CheckName, found: Passed | Failed, by: By) -> None:
    """Let follow what follows; the same thing found again changes nothing."""
    if order.row.status in _DECIDED:
        outcome: Outcome = "passed" if isinstance(found, Passed) else "failed"
        if state_of(order, check) != outcome:
            await decide(tx, order, Decision(check, outcome, found.reason), by)
        if order.row.status == "cancelled" and isinstance(found, Failed) and found.has_money:
            # How much it is, a person must see: nothing goes back by itself of what was not paid as the order wants.
            await hand_over(tx, order, check, found.reason, by)
        return
    await take_back(tx, order, check, by)
    match found:
        case Passed():
            await resolve_about(tx, order, ISSUES[check], check, by)
        case Failed():
            await open_issue(tx, order, OpenIssue(kind=ISSUES[check], about=check, reason=found.reason), by)
        case _:
            assert_never(found)
