"""Lets messages follow a customer who is reached elsewhere now: what has not left goes to the new address.

Content does not name its recipient, so what was rendered stays. Whoever gave a message a corrected address of its own
meant that one; and what tells of the change itself goes to both sides of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from tidings.delivery.calls import number_to_call
from tidings.delivery.chores import chores
from tidings.delivery.owe import lane_of
from tidings.delivery.states import OPEN
from tidings.delivery.suppress import canonical
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.again import Again, drop_work, put_back
from tidings.outbox.append import Work
from tidings.records.append import Entry, append
from tidings.storefronts.kinds import CHANNELS, STAFF_MILESTONES
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.open import Opening, open_tasks
from tidings.tasks.renew import renew_tasks

Plan = Sequence[Mapping[str, Any]]

# A dead message goes there once somebody replays it.
_DEAD: Final = ("failed", "suppressed")
_LEFT_ALONE: Final = ("contact_changed", *sorted(STAFF_MILESTONES))
# An attempt of any other status may have reached the customer, or still may.
_CERTAINLY_NOT: Final = ("failed", "bounced")


@dataclass(frozen=True, slots=True)
class FollowContact:
    """A customer is reached elsewhere from now on."""

    order_id: UUID
    # Every address by which they were reached before.
    before: Collection[str]
    # By channel, the address by which they are reached now.
    after: Mapping[str, str]
    # By milestone, where it is tried from now on; empty when they are not reached at all.
    plan: Callable[[str], Plan]
    actor: str


async def follow_contact(tx: Tx, what: FollowContact, *, now: datetime) -> list[UUID]:
    """Let this order's messages follow; says which of those that are still to leave did. Of who holds the order."""
    followed = []
    for row in await _candidates(tx, what):
        plan = _plan(row, what)
        if plan != row.plan and not (row.status in OPEN and await _may_have_left(tx, row)):
            is_open = row.status in OPEN
            _lead(row, plan, now)
            await tx.flush()
            await (_go_on(tx, row, now) if is_open else _tell_whoever_calls(tx, row))
            await append(tx, _entry(tx, row, what, now))
            followed += [row.id] if is_open else []
    return followed


async def _candidates(tx: Tx, what: FollowContact) -> Sequence[MessageRow]:
    """What is told to the customer, has not come to a good end, and was to go to where they were."""
    wanted = (
        select(MessageRow)
        .where(
            MessageRow.storefront_id == tx.scope.storefront_id,
            MessageRow.order_id == what.order_id,
            MessageRow.status.in_((*_DEAD, *OPEN)),
            MessageRow.milestone.not_in(_LEFT_ALONE),
        )
        .order_by(MessageRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = (await tx.session.scalars(wanted)).all()
    # Spelled otherwise it is the same mailbox: to write it in small letters is no change of contact.
    before = {canonical(channel, to) for channel in CHANNELS for to in what.before}
    return [row for row in rows if all(canonical(entry["channel"], entry["to"]) in before for entry in row.plan)]


def _plan(row: MessageRow, what: FollowContact) -> list[dict[str, Any]]:
    """Of one that was sent again by a certain channel, the same channel; of any other, the milestone's plan anew."""
    if row.resend_of is not None:
        kept = [
            {"channel": e["channel"], "to": what.after[e["channel"]]} for e in row.plan if e["channel"] in what.after
        ]
        if kept:
            return kept
    return [dict(entry) for entry in what.plan(row.milestone)]


async def _may_have_left(tx: Tx, row: MessageRow) -> bool:
    left = select(AttemptRow.id).where(
        AttemptRow.storefront_id == row.storefront_id,
        AttemptRow.order_id == row.order_id,
        AttemptRow.message_id == row.id,
        AttemptRow.status.not_in(_CERTAINLY_NOT),
    )
    return (await tx.session.scalars(left.limit(1))).first() is not None


def _lead(row: MessageRow, plan: list[dict[str, Any]], now: datetime) -> None:
    row.updated_at = now
    if row.status not in OPEN:
        row.plan = plan or row.plan
    elif plan:
        row.plan, row.step, row.channel, row.recipient = plan, 0, plan[0]["channel"], plan[0]["to"]
        row.tries, row.refused_by = 0, []
        row.reason = "follows the customer, who is reached elsewhere now"
    else:
        row.status, row.reason = "suppressed", "the customer is not reached by any channel any more"


async def _go_on(tx: Tx, row: MessageRow, now: datetime) -> None:
    """Its work is due at once, by whoever; a person who was to call the old number, or to look at it, need not."""
    message = wire("msg", row.id)
    solved = chores(row.storefront_id, tx.scope.mode, row.id)
    await drop_tasks(tx, solved, why="the customer is reached elsewhere now", now=now)
    if row.status in OPEN:
        lane = lane_of(row.milestone)
        work = Work(
            row.storefront_id, tx.scope.mode, row.order_id, row.id, row.channel, row.priority, row.order_seq, lane
        )
        await put_back(tx, [Again(work)])
        return
    await drop_work(tx, [(row.storefront_id, row.id)])
    data = {"message": message, "milestone": row.milestone, "channel": row.channel, "reason": row.reason}
    await open_tasks(tx, Opening(row.storefront_id, tx.scope.mode, row.order_id, "message_dead", message, now, data))


async def _tell_whoever_calls(tx: Tx, row: MessageRow) -> None:
    number = number_to_call(row.plan)
    if number is not None:
        cause = Cause(row.storefront_id, tx.scope.mode, "call_customer", wire("msg", row.id))
        await renew_tasks(tx, [cause], {"number": number})


def _entry(tx: Tx, row: MessageRow, what: FollowContact, now: datetime) -> Entry:
    """Which message, and never where to."""
    data = {"milestone": row.milestone, "channels": [entry["channel"] for entry in row.plan], "status": row.status}
    return Entry(
        row.storefront_id, row.order_id, tx.scope.mode, "message.redirected", wire("msg", row.id), what.actor, now, data
    )
