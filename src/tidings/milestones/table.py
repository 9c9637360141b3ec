"""What follows from a fact: the SOP's section 5 and the deadlines of its section 4, as one table.

Read it top to bottom and you have read whom tidings tells what, over which channels in which order, and by when.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from tidings.milestones.facts import FactKind
from tidings.storefronts.kinds import Channel
from tidings.tasks.kinds import TaskKind

Milestone = Literal[
    "order_confirmation",
    "order_incomplete",
    "order_dispatched",
    "order_delivered",
]

MILESTONES: tuple[Milestone, ...] = get_args(Milestone)


@dataclass(frozen=True, slots=True)
class Promise:
    """One row: who is told what, and how well that is promised. The customer is told; staff get tasks."""

    follows: tuple[FactKind, ...]
    # In the SOP's order; the customer's preferred channel goes first if it is among them.
    channels: tuple[Channel, ...]
    # Lower leaves first when there is more to send than can be sent.
    priority: int
    # Later than this the news is stale: it is not sent any more, and a person takes over.
    valid_for: timedelta
    # The promise to the customer, in business time of the storefront; None: no clock.
    within: timedelta | None = None
    # Older milestones of the same subject that this one makes pointless while they have not left yet.
    supersedes: tuple[Milestone, ...] = ()


TABLE: dict[Milestone, Promise] = {
    # SOP 4.2: within one business hour of receipt, by e-mail or SMS.
    "order_confirmation": Promise(
        follows=("order.placed", "order.made_complete"),
        channels=("email", "sms"),
        priority=10,
        valid_for=timedelta(hours=72),
        within=timedelta(hours=1),
        supersedes=("order_incomplete",),
    ),
    # SOP 4.1: the completeness check failed; the customer is told what is missing.
    "order_incomplete": Promise(
        follows=("order.left_incomplete",),
        channels=("email", "sms"),
        priority=20,
        valid_for=timedelta(hours=72),
    ),
    # SOP 4.4: a milestone told by the preferred channel; one message for each parcel.
    "order_dispatched": Promise(
        follows=("shipment.dispatched",),
        channels=("email", "sms", "push"),
        priority=30,
        valid_for=timedelta(hours=72),
    ),
    # SOP 4.4, delivery confirmation; makes a "dispatched" of the same parcel pointless that has not left yet.
    "order_delivered": Promise(
        follows=("shipment.delivered",),
        channels=("email", "sms", "push"),
        priority=40,
        valid_for=timedelta(hours=72),
        supersedes=("order_dispatched",),
    ),
}

# An incomplete order's confirmation clock starts at its receipt (SOP 4.2), though its confirmation waits.
CLOCKS_STARTED_EARLY: dict[FactKind, Milestone] = {"order.left_incomplete": "order_confirmation"}

# What a person must do because of a fact, at once.
TASKS: dict[FactKind, TaskKind] = {"order.left_incomplete": "complete_order"}

_BY_FACT: dict[FactKind, tuple[Milestone, ...]] = {}
for _milestone, _promise in TABLE.items():
    for _kind in _promise.follows:
        _BY_FACT[_kind] = (*_BY_FACT.get(_kind, ()), _milestone)


def milestones_of(kind: FactKind) -> tuple[Milestone, ...]:
    """The milestones that this kind of fact reaches."""
    return _BY_FACT.get(kind, ())
