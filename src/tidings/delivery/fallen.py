"""What a person can still do about a message that came back: call the customer, if a call is in its plan. Pure."""

from datetime import datetime

from tidings.delivery.affected import Affected
from tidings.delivery.calls import VOICE, Call, number_to_call
from tidings.delivery.owe import clock_key


def call_step(one: Affected) -> int | None:
    """The entry of its plan that is a call, if it was never tried: a person calls where there is no connection."""
    if any(each.row.channel == VOICE for each in one.attempts):
        return None
    # What waits for the call already does not go on to it once more.
    steps = (step for step, entry in enumerate(one.row.plan) if entry["channel"] == VOICE and step != one.row.step)
    return next(steps, None)


def call_about(one: Affected, now: datetime) -> Call | None:
    """The call that a person is to make, since nobody was reached by machine; not to a number that does not exist."""
    row, number = one.row, number_to_call(one.row.plan)
    if number is None or any(each.row.channel == VOICE and each.status == "bounced" for each in one.attempts):
        return None
    return Call(
        storefront_id=row.storefront_id,
        mode=row.mode,
        order_id=row.order_id,
        message_id=row.id,
        milestone=row.milestone,
        number=number,
        clock=clock_key(row.dedupe_key),
        reason=row.reason or "no machine has reached the customer",
        at=now,
    )
