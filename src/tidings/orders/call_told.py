"""What follows when somebody has called a customer whom no machine reached (SOP 5, call)."""

from datetime import timedelta
from typing import Final, cast
from uuid import UUID

from tidings.delivery.give_up import give_up_call
from tidings.kit.db import Tx
from tidings.kit.ids import parse
from tidings.orders.communicate import Said, write_communication
from tidings.orders.load import By, order_for_update
from tidings.storefronts.kinds import Milestone
from tidings.tasks.outcomes import NotYet, ToldOutcome

REACHED: Final = "reached"
NOT_REACHED: Final = "not_reached"

# Nobody is rung every few minutes.
_AGAIN_AFTER: Final = timedelta(hours=1)


class CallTold:
    """Reached: the customer knows. Not reached: once more, later. Anything else: nobody will call."""

    async def hold(self, tx: Tx, order_id: UUID | None) -> None:
        """Lock the order."""
        await order_for_update(tx, order_id)

    async def __call__(self, tx: Tx, told: ToldOutcome) -> NotYet | None:
        """Let it follow."""
        outcome = told.outcome.strip().lower().replace(" ", "_")
        if outcome == NOT_REACHED:
            tries = told.data.get("tries", 0) + 1
            data = {"tries": tries, "last_tried_at": told.at.isoformat(), "last_tried_by": told.actor}
            return NotYet(due_at=told.at + _AGAIN_AFTER, data=data)
        if outcome == REACHED:
            order = await order_for_update(tx, told.order_id)
            await write_communication(tx, order, _said(told), By(told.actor, told.at))
        else:
            message = parse("msg", told.data["message"])
            await give_up_call(tx, message, actor=told.actor, reason=told.outcome, now=told.at)
        return None


def _said(told: ToldOutcome) -> Said:
    return Said(
        channel="phone",
        direction="outbound",
        summary=told.notes or told.data.get("script") or "The customer was called.",
        at=told.at,
        fulfils=cast("Milestone", told.data["milestone"]),
        subject=told.data["subject"],
        withdraws=True,
    )
