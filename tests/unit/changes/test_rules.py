"""The policy as the judge: every part in every status under every rule, and the hands that may not meet."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from tidings.changes.rules import (
    Hand,
    Judgement,
    Owing,
    Standing,
    is_possible,
    judge,
    may_be_requester,
    may_be_same,
    overlap,
    refund_of_cancellation,
)
from tidings.orders.states import ORDER_STATUSES, OrderStatus
from tidings.storefronts.policy import CHANGE_PARTS, Approval, ChangePart, ChangeRule, ChangeRules, Until

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
# In which statuses each `until` still allows a change; a cancellation moreover ends where everything is on its way.
OPEN: dict[Until, set[OrderStatus]] = {
    "never": set(),
    "received": {"incomplete", "received"},
    "processing": {"incomplete", "received", "processing"},
    "partially_shipped": {"incomplete", "received", "processing", "partially_shipped"},
    "shipped": {"incomplete", "received", "processing", "partially_shipped", "shipped"},
}
UNSTOPPABLE = {"shipped", "partially_delivered", "delivered", "completed", "cancelled"}


def rules(part: ChangePart, until: Until, approval: Approval, **more: int | None) -> ChangeRules:
    # Only so that the policy is sound: something else is automatic, too.
    return ChangeRules(**{part: ChangeRule(until=until, approval=approval)}, **more)  # type: ignore[arg-type]


def standing(status: OrderStatus, total: int = 1000, age: timedelta = timedelta()) -> Standing:
    return Standing(status, total, NOW - age)


@pytest.mark.parametrize("part", CHANGE_PARTS)
def test_every_part_in_every_status_under_every_rule(part: ChangePart) -> None:
    for until, approval, status in product(get_args(Until), get_args(Approval), ORDER_STATUSES):
        judgement = judge([part], standing(status), rules(part, until, approval), NOW)
        is_open = status in OPEN[until] and not (part == "cancellation" and status in UNSTOPPABLE)
        expected = ("automatic" if approval == "automatic" else "approvers") if is_open else "declined"
        assert judgement.verdict == expected, (until, approval, status)
        assert judgement.rule == f"changes.{part}.{'approval' if is_open else 'until'}"
        assert judgement.approvals == (1 if expected == "approvers" else 0)
        assert judgement.late == (() if is_open else (part,))


@pytest.mark.parametrize("status", ORDER_STATUSES)
def test_of_an_order_of_which_a_part_has_arrived_a_person_takes_off_what_has_not(status: OrderStatus) -> None:
    for until, approval in product(get_args(Until), get_args(Approval)):
        less = Standing(status, 1000, NOW, is_less=True)
        judgement = judge(["lines"], less, rules("lines", until, approval), NOW)
        if status == "partially_delivered":
            assert judgement == Judgement("approvers", "changes.lines.until", 1)
        else:
            assert judgement == judge(["lines"], standing(status), rules("lines", until, approval), NOW)
    together = judge(["shipping_address", "lines"], Standing(status, 1000, NOW, is_less=True), ChangeRules(), NOW)
    assert (together.verdict == "declined") is (status not in OPEN["processing"])


def test_the_strictest_part_counts() -> None:
    usual = ChangeRules(billing_address=ChangeRule(until="shipped", approval="automatic"))
    assert judge(["billing_address", "contact"], standing("processing"), usual, NOW).verdict == "automatic"
    mixed = judge(["billing_address", "lines"], standing("processing"), usual, NOW)
    assert (mixed.verdict, mixed.rule) == ("approvers", "changes.lines.approval")
    late = judge(["billing_address", "lines", "shipping_address"], standing("shipped"), usual, NOW)
    assert (late.verdict, late.rule, late.late) == ("declined", "changes.lines.until", ("lines", "shipping_address"))


@pytest.mark.parametrize(("total", "approvals"), [(4999, 0), (5000, 2), (5001, 2)])
def test_dear_orders_take_two_whatever_is_automatic(total: int, approvals: int) -> None:
    judgement = judge(["contact"], standing("processing", total), ChangeRules(two_approvers_from=5000), NOW)
    assert judgement.approvals == approvals
    assert judgement.rule == ("changes.two_approvers_from" if approvals else "changes.contact.approval")


@pytest.mark.parametrize(("minutes", "verdict"), [(29, "automatic"), (30, "automatic"), (31, "approvers")])
def test_what_is_automatic_is_so_until_the_cut_off(minutes: int, verdict: str) -> None:
    age = timedelta(minutes=minutes)
    judgement = judge(["contact"], standing("processing", age=age), ChangeRules(automatic_for_minutes=30), NOW)
    assert judgement.verdict == verdict
    assert judgement.rule == f"changes.{'contact.approval' if verdict == 'automatic' else 'automatic_for_minutes'}"


def test_nothing_is_possible_once_the_order_has_ended() -> None:
    for part, status in product(CHANGE_PARTS, ("completed", "cancelled")):
        assert not is_possible(part, status, rules(part, "shipped", "automatic"))


@pytest.mark.parametrize(
    ("owing", "terms", "amount"),
    [
        (Owing(3000, 490, 0), {}, 3000),
        (Owing(3000, 490, 0), {"cancellation_fee": 500}, 2500),
        (Owing(3000, 490, 0), {"refund_shipping": False}, 2510),
        (Owing(3000, 490, 1000), {"cancellation_fee": 500, "refund_shipping": False}, 1010),
        (Owing(3000, 490, 0), {"cancellation_fee": 3001}, 0),
        (Owing(0, 490, 0), {}, 0),
    ],
)
def test_the_terms_of_a_cancellation(owing: Owing, terms: dict[str, int], amount: int) -> None:
    assert refund_of_cancellation(owing, ChangeRules(**terms)) == amount  # type: ignore[arg-type]


ANNA, BORIS = Hand("staff/anna", "desk"), Hand("staff/boris", "desk")
DESK, SHOP, ANNA_AT_SHOP = Hand("desk", "desk"), Hand("shop", "shop"), Hand("staff/anna", "shop")


def test_who_asked_is_known_by_name_and_by_key() -> None:
    for approver, requester in ((ANNA, ANNA), (ANNA_AT_SHOP, ANNA), (DESK, DESK), (DESK, ANNA)):
        assert may_be_requester(approver, requester)
    for approver, requester in ((ANNA, BORIS), (ANNA, DESK), (SHOP, ANNA)):
        assert not may_be_requester(approver, requester)


def test_leaving_out_the_name_makes_nobody_two() -> None:
    for one, other in ((ANNA, ANNA_AT_SHOP), (ANNA, DESK), (DESK, DESK)):
        assert may_be_same(one, other)
        assert may_be_same(other, one)
    for one, other in ((ANNA, BORIS), (DESK, SHOP), (ANNA, SHOP)):
        assert not may_be_same(one, other)


def test_requests_collide_over_the_same_part() -> None:
    assert overlap(["lines", "contact"], ["contact"])
    assert not overlap(["lines"], ["contact"])
