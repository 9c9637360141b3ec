"""Words on a request: half a decision is written down, and a refused one leaves nothing behind."""

import asyncio

import pytest

from tests.fixtures.changes import decided_by
from tests.fixtures.facts import facts, records, tasks, told
from tests.fixtures.wishes import ANNA, BORIS, Desk
from tidings.changes.errors import ApprovedAlready, ChangeDecided, ChangeOvertaken, RefundTooHigh, RequesterApproves
from tidings.kit.problem import NotFound


async def test_the_first_of_two_words_is_written_down(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes={"two_approvers_from": 1})
    order_id = await desk.order()
    held = await desk.said(await desk.asked(order_id))
    assert held.row.status == "pending"
    record = (await records(desk.begin, desk.shop, order_id))[-1]
    assert (record["kind"], record["actor"], record["data"]["needs"]) == ("change.approved", "staff/anna", 2)
    with pytest.raises(ApprovedAlready):
        await desk.said(held)
    assert (await desk.said(held, hand=BORIS)).row.status == "carried_out"
    words = await told(desk.begin, "SELECT actor, outcome, policy_version, rule FROM approvals ORDER BY id")
    rule = {"outcome": "approved", "policy_version": 2, "rule": "changes.two_approvers_from"}
    assert words == [{"actor": "staff/anna"} | rule, {"actor": "staff/boris"} | rule]


async def test_two_at_once_come_to_one_outcome(desk: Desk) -> None:
    held = await desk.asked(await desk.order())
    words = [desk.said(held, outcome, hand) for outcome, hand in (("approved", ANNA), ("declined", BORIS))]
    outcomes = await asyncio.gather(*words, return_exceptions=True)
    (late,) = [outcome for outcome in outcomes if isinstance(outcome, ChangeDecided)]
    (first,) = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert late.members["decided_by"] == first.row.decided_by


async def test_a_word_that_is_refused_leaves_nothing(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, hand=ANNA)
    before = await facts(desk.begin, desk.shop, order_id)
    with pytest.raises(RequesterApproves):
        await desk.said(held)
    with pytest.raises(RefundTooHigh):
        await desk.said(held, hand=BORIS, refund=2471)
    await told(desk.begin, "UPDATE orders SET status = 'shipped' RETURNING 1")
    with pytest.raises(ChangeOvertaken):
        await desk.said(held, hand=BORIS)
    assert await told(desk.begin, "SELECT 1 FROM approvals") == []
    assert await facts(desk.begin, desk.shop, order_id) == before
    assert await tasks(desk.begin, desk.shop, order_id) == [("decide_change", "open")]


async def test_the_outcome_says_what_goes_back_and_within_how_many_days(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id)
    (fact,) = [fact for fact in await facts(desk.begin, desk.shop, order_id) if fact["kind"] == "change.decided"]
    change = fact["snapshot"]["change"]
    assert (change["outcome"], change["decision_reason"]) == ("approved", "because")
    assert change["refund"] == {"amount": {"amount": 2470, "currency": "EUR"}, "status": "requested", "days": 14}
    assert fact["snapshot"]["order"]["status"] == "cancelled"
    assert await tasks(desk.begin, desk.shop, order_id) == [("decide_change", "dropped"), ("refund_by_hand", "open")]


async def test_what_is_not_there_is_not_decided(desk: Desk) -> None:
    held = await desk.asked(await desk.order())
    held.row.id = held.row.order_id
    with pytest.raises(NotFound):
        await desk.said(held)
