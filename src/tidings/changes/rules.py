"""The shop's policy as the judge of a request (SOP 4.5): what is possible, who must approve, what goes back. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from tidings.orders.states import OrderStatus, may_become
from tidings.storefronts.policy import ChangePart, ChangeRules

Verdict = Literal[
    "declined",  # not possible (any more)
    "automatic",  # approved by itself
    "approvers",  # so many people must approve
]

# How far an order has come. `incomplete` comes before all that a policy names.
_STAGES: Final[dict[OrderStatus, int]] = {
    "incomplete": 0,
    "received": 1,
    "processing": 2,
    "partially_shipped": 3,
    "shipped": 4,
    "partially_delivered": 5,
    "delivered": 6,
    "completed": 7,
    "cancelled": 7,
}
_ENDED: Final = 7
_NEVER: Final = -1
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """The order that a request is about, as far as the policy asks."""

    status: OrderStatus
    # What it costs, before or after the change: the larger of both.
    total: int
    received_at: datetime
    # Of its lines, nothing is wanted but fewer.
    is_less: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy says of a request."""

    verdict: Verdict
    # The name of the policy's field that settles it.
    rule: str
    # How many different people must approve.
    approvals: int = 0
    # The parts that are not possible (any more).
    late: tuple[ChangePart, ...] = ()


def judge(parts: Sequence[ChangePart], standing: Standing, rules: ChangeRules, now: datetime) -> Judgement:
    """What the policy says: part by part, and the strictest word counts for the whole request.

    Args:
        parts: what it is about, one at least.
        standing: the order.
        rules: of the version that the request came in under.
        now: what is approved by itself may be so for some time only.
    """
    late = tuple(part for part in parts if not is_possible(part, standing.status, rules, is_less=standing.is_less))
    if late:
        return Judgement("declined", f"changes.{late[0]}.until", late=late)
    if rules.two_approvers_from is not None and standing.total >= rules.two_approvers_from:
        return Judgement("approvers", "changes.two_approvers_from", _TWO)
    by_hand = [rule for part in parts if (rule := _calls_for_a_person(part, standing.status, rules)) is not None]
    if by_hand:
        return Judgement("approvers", f"changes.{by_hand[0]}", 1)
    if _is_cut_off(standing, rules, now):
        return Judgement("approvers", "changes.automatic_for_minutes", 1)
    return Judgement("automatic", f"changes.{parts[0]}.approval")


def is_possible(part: ChangePart, status: OrderStatus, rules: ChangeRules, *, is_less: bool = False) -> bool:
    """Whether this may still be changed in this status: the policy allows it, and the order can do it.

    Whatever the policy allows, an order of which a part has arrived can be rid of what has not and is not on its way:
    it is not cancelled any more, and nothing else would bring it to its end.
    """
    if part == "cancellation" and "cancelled" not in may_become(status):
        # Everything is on its way, whatever the policy would allow.
        return False
    return _is_in_time(part, status, rules) or (part == "lines" and is_less and status == "partially_delivered")


def _is_in_time(part: ChangePart, status: OrderStatus, rules: ChangeRules) -> bool:
    until = rules.of(part).until
    last = _NEVER if until == "never" else _STAGES[until]
    return _STAGES[status] <= last and _STAGES[status] < _ENDED


def _calls_for_a_person(part: ChangePart, status: OrderStatus, rules: ChangeRules) -> str | None:
    """The field of the part's rule by which it is not approved by itself; None: it may be."""
    if not _is_in_time(part, status, rules):
        return f"{part}.until"
    return f"{part}.approval" if rules.of(part).approval == "approver" else None


def _is_cut_off(standing: Standing, rules: ChangeRules, now: datetime) -> bool:
    minutes = rules.automatic_for_minutes
    return minutes is not None and now > standing.received_at + timedelta(minutes=minutes)


def overlap(parts: Collection[str], others: Collection[str]) -> bool:
    """Whether two requests are about the same thing, so that carrying out one overtakes the other."""
    return not set(parts).isdisjoint(others)


@dataclass(frozen=True, slots=True)
class Owing:
    """What a cancelled order's money is made of, in minor units."""

    # Paid, and not gone back yet.
    left: int
    # The price of shipping, with its tax.
    shipping: int
    # The price of the goods that have left in parcels and have not come back.
    sent: int


def refund_of_cancellation(owing: Owing, rules: ChangeRules) -> int:
    """What goes back when the customer cancels: all but the fee, what has left, and shipping if the policy says so.

    What has left is on its way to the customer: if it comes back, or is stopped, an approver may name more.
    """
    kept = rules.cancellation_fee + owing.sent + (0 if rules.refund_shipping else owing.shipping)
    return max(0, owing.left - kept)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and by whose key: without a person named, both are the same."""

    actor: str
    principal: str

    @property
    def is_named(self) -> bool:
        """Whether a person stands behind the key."""
        return self.actor != self.principal


def may_be_requester(approver: Hand, requester: Hand) -> bool:
    """Whether an approver is, or may be, who put the request in: an unnamed one with the same key may be anybody."""
    if approver.actor == requester.actor:
        return True
    return approver.principal == requester.principal and not approver.is_named


def may_be_same(one: Hand, other: Hand) -> bool:
    """Whether two approvers are, or may be, one: whoever leaves out the name once is not two people."""
    if one.actor == other.actor:
        return True
    return one.principal == other.principal and not (one.is_named and other.is_named)
