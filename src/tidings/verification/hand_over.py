"""Hands a check over to people: whoever should say does not answer, and the order does not wait in silence.

The customer is not told, because nothing is known that could be told; the shop holds the order until somebody finds
out otherwise, or until the answer comes after all. One that was cancelled is held up no more: there, it is about money
that may have to go back.
"""

from tidings.issues.open import OpenIssue, open_issue
from tidings.issues.resolve import resolve_about
from tidings.kit.db import Tx
from tidings.orders.chores import check_cause
from tidings.orders.load import By, HeldOrder
from tidings.tasks.finish import drop_tasks
from tidings.tasks.open import Opening, open_tasks
from tidings.verification.kinds import CheckName


async def hand_over(tx: Tx, order: HeldOrder, check: CheckName, reason: str, by: By) -> None:
    """Open the issue (for staff alone) and the task; part of whoever holds the order. Done again, it does nothing."""
    if order.row.status != "cancelled":
        about = OpenIssue(kind="other", about=_about(check), is_told=False, reason=reason)
        await open_issue(tx, order, about, by)
    opening = Opening(
        storefront_id=order.row.storefront_id,
        mode=tx.scope.mode,
        order_id=order.row.id,
        kind="verify_by_hand",
        cause=check_cause(tx, order, check).about,
        opened_at=by.at,
        data={"check": check, "reason": reason, "order": order.wire_id, "order_status": order.row.status},
    )
    await open_tasks(tx, opening)


async def take_back(tx: Tx, order: HeldOrder, check: CheckName, by: By) -> None:
    """The check is decided: nobody needs to find out any more."""
    await resolve_about(tx, order, "other", _about(check), by)
    await drop_tasks(tx, [check_cause(tx, order, check)], why="the check is decided", now=by.at)


def _about(check: CheckName) -> str:
    return f"{check}_unverified"
