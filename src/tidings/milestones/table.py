"""What follows from a fact: the SOP's section 5 and the deadlines of its section 4, as one table.

Read it top to bottom and you have read whom tidings tells what, over which channels in which order, and by when.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from tidings.milestones.facts import FactKind
from tidings.outbox.kinds import ErrandKind
from tidings.storefronts.kinds import MILESTONES, Channel, Milestone
from tidings.tasks.kinds import TaskKind

__all__ = ["CLOCKS", "ERRANDS", "MILESTONES", "TABLE", "TASKS", "Milestone", "Promise", "milestones_of"]

# Business time counts while the shop is open; elapsed time always.
Basis = Literal["business", "elapsed"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One row: who is told what, and how well that is promised."""

    follows: tuple[FactKind, ...]
    # In the SOP's order; the customer's preferred channel goes first if it is among them.
    channels: tuple[Channel, ...]
    # Lower leaves first when there is more to send than can be sent.
    priority: int
    # Later than this the news is stale: it is not sent any more, and a person takes over.
    valid_for: timedelta = timedelta(hours=72)
    # The promise to the customer; None: no clock.
    within: timedelta | None = None
    basis: Basis = "business"
    # The fact that starts its clock, when that is not the one that it tells of.
    clock_from: tuple[FactKind, ...] = ()
    # Staff is warned so long before the due time.
    warn_before: timedelta = timedelta(minutes=15)
    # Older milestones of the same subject that this one makes pointless while they have not left yet.
    supersedes: tuple[Milestone, ...] = ()
    # True where the same subject may give cause more than once (an order is changed again and again).
    recurs: bool = False
    # Staff is told by e-mail of what concerns them alone; everybody is given tasks beside.
    audience: Literal["customer", "staff"] = "customer"


TABLE: dict[Milestone, Promise] = {
    # SOP 4.2: within one business hour of receipt, by e-mail or SMS. An incomplete order's clock starts at its
    # receipt, too, though its confirmation waits.
    "order_confirmation": Promise(
        follows=("order.placed", "order.made_complete"),
        channels=("email", "sms"),
        priority=10,
        within=timedelta(hours=1),
        clock_from=("order.placed", "order.left_incomplete"),
        supersedes=("order_incomplete",),
    ),
    # SOP 4.1: the completeness check failed; the customer is told what is missing.
    "order_incomplete": Promise(
        follows=("order.left_incomplete",),
        channels=("email", "sms"),
        priority=20,
    ),
    # SOP 4.3: the status moves on.
    "order_processing": Promise(
        follows=("processing.started",),
        channels=("email", "sms", "push"),
        priority=50,
    ),
    # SOP 4.3, template 5: promptly (the shop's policy says how promptly), with next steps.
    "issue_notification": Promise(
        follows=("issue.opened",),
        channels=("email", "voice"),
        priority=15,
        within=timedelta(minutes=30),
        warn_before=timedelta(minutes=10),
    ),
    "issue_resolved": Promise(
        follows=("issue.resolved",),
        channels=("email", "sms", "push"),
        priority=30,
    ),
    # SOP 4.4: a milestone told by the preferred channel; one message for each parcel.
    "order_dispatched": Promise(
        follows=("shipment.dispatched",),
        channels=("email", "sms", "push"),
        priority=30,
    ),
    # SOP 4.4: an exception on the way.
    "delivery_exception": Promise(
        follows=("shipment.excepted",),
        channels=("email", "sms", "push"),
        priority=25,
        supersedes=("delivery_exception",),
        recurs=True,
    ),
    # SOP 4.4, delivery confirmation; makes pointless what was to be said of the same parcel before.
    "order_delivered": Promise(
        follows=("shipment.delivered",),
        channels=("email", "sms", "push"),
        priority=40,
        supersedes=("order_dispatched", "delivery_exception"),
    ),
    "shipment_returned": Promise(
        follows=("shipment.returned",),
        channels=("email", "sms", "push"),
        priority=35,
        supersedes=("delivery_exception",),
    ),
    # SOP 4.5: receipt of a request confirmed within one business hour.
    "change_acknowledged": Promise(
        follows=("change.requested",),
        channels=("email", "voice"),
        priority=10,
        within=timedelta(hours=1),
    ),
    # SOP 4.5: outcome and next steps within 24 hours of the request.
    "change_decided": Promise(
        follows=("change.decided",),
        channels=("email", "voice"),
        priority=15,
        within=timedelta(hours=24),
        basis="elapsed",
        clock_from=("change.requested",),
        warn_before=timedelta(hours=4),
    ),
    # SOP 4.5: what became of the money.
    "refund_update": Promise(
        follows=("refund.settled",),
        channels=("email", "sms", "push"),
        priority=30,
        recurs=True,
    ),
    "order_updated": Promise(
        follows=("order.changed",),
        channels=("email", "sms", "push"),
        priority=45,
        supersedes=("order_updated",),
        recurs=True,
    ),
    "order_cancelled": Promise(
        follows=("order.cancelled",),
        channels=("email", "sms", "push"),
        priority=20,
        supersedes=("order_incomplete", "order_processing", "order_updated"),
    ),
    # SOP 4.6, template 4: completion, with the documents.
    "order_completed": Promise(
        follows=("order.closed",),
        channels=("email",),
        priority=60,
    ),
    # Told where the customer was reached before, too: whoever takes over an account is noticed.
    "contact_changed": Promise(
        follows=("contact.changed", "contact.left"),
        channels=("email", "sms"),
        priority=20,
        recurs=True,
    ),
    # SOP 7: feedback is asked for, so many days after completion as the shop's policy says.
    "feedback_request": Promise(
        follows=("feedback.requested",),
        channels=("email", "sms", "push"),
        priority=70,
    ),
    "deadline_warning": Promise(
        follows=("deadline.warned",),
        channels=("email",),
        priority=5,
        valid_for=timedelta(hours=24),
        recurs=True,
        audience="staff",
    ),
    "deadline_missed": Promise(
        follows=("deadline.missed", "deadline.escalated"),
        channels=("email",),
        priority=5,
        recurs=True,
        audience="staff",
    ),
    # SOP 7: the procedure is reviewed yearly and after each change of it, by a day that the shop's policy sets.
    "review_due": Promise(
        follows=("review.opened", "review.warned", "review.missed", "review.escalated"),
        channels=("email",),
        priority=5,
        recurs=True,
        audience="staff",
    ),
}

# What a person must do because of a fact, at once.
TASKS: Final[dict[FactKind, TaskKind]] = {"order.left_incomplete": "complete_order"}

# What the machine must do because of a fact, after its commit; errands.py says for which shops.
ERRANDS: Final[dict[FactKind, tuple[ErrandKind, ...]]] = {
    "order.placed": ("check_payment", "check_stock", "expire_unpaid"),
    "order.made_complete": ("check_payment", "check_stock", "expire_unpaid"),
    "order.changed": ("check_stock", "close_order"),
    "shipment.dispatched": ("commit_stock", "review_changes"),
    "shipment.delivered": ("close_order",),
    "order.cancelled": ("release_stock", "review_changes", "refund_cancelled", "credit_cancelled"),
    "order.closed": ("review_changes", "ask_feedback"),
}

_BY_FACT: dict[FactKind, tuple[Milestone, ...]] = {}
CLOCKS: Final[dict[FactKind, tuple[Milestone, ...]]] = {}
for _milestone, _promise in TABLE.items():
    for _kind in _promise.follows:
        _BY_FACT[_kind] = (*_BY_FACT.get(_kind, ()), _milestone)
    if _promise.within is not None:
        for _kind in _promise.clock_from or _promise.follows:
            CLOCKS[_kind] = (*CLOCKS.get(_kind, ()), _milestone)


def milestones_of(kind: FactKind) -> tuple[Milestone, ...]:
    """The milestones that this kind of fact reaches."""
    return _BY_FACT.get(kind, ())
