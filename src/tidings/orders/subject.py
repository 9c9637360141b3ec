"""Finds out what a milestone is about that somebody has told the customer of by hand."""

from tidings.deadlines.subjects import promised_subjects
from tidings.delivery.queries import told_subjects
from tidings.kit.db import Tx
from tidings.kit.problem import Fault, InvalidInput
from tidings.orders.load import HeldOrder
from tidings.storefronts.kinds import Milestone


async def subject_told(tx: Tx, order: HeldOrder, milestone: Milestone, named: str | None) -> str:
    """What was told of, as a wire id: as named, else the only thing that it can be.

    Raises:
        InvalidInput: nothing of the kind is owed about what is named, or it could be several things.
    """
    promised = await promised_subjects(tx, order.row.id, milestone)
    known = {*promised, *await told_subjects(tx, order.row.id, milestone)}
    if named is not None:
        if named not in {order.wire_id, *known}:
            raise InvalidInput(faults=[Fault("/subject_id", f"no {milestone} of this order is about that")])
        return named
    waiting = [subject for subject, runs in promised.items() if runs]
    for candidates in (waiting, sorted(known)):
        if len(candidates) == 1:
            return candidates[0]
    if known:
        raise InvalidInput(faults=[Fault("/subject_id", f"is required: it is one of {', '.join(sorted(known))}")])
    return order.wire_id
