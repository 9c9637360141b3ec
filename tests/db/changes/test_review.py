"""After the order has moved on: requests that it overtook lapse, and an order that has ended has no open issue."""

import pytest

from tests.fixtures.changes import all_parts, decided_by
from tests.fixtures.facts import facts, messages, told
from tests.fixtures.refunds import Killed, Life, Mortal, in_hand, lease_ended
from tests.fixtures.wishes import ELSEWHERE, Desk
from tidings.changes.review import review_changes
from tidings.issues.open import OpenIssue, open_issue
from tidings.kit.db import Begin
from tidings.orders.load import By, order_for_update

ERRAND = """
INSERT INTO errands (storefront_id, id, mode, order_id, kind, subject, due_at)
SELECT storefront_id, gen_random_uuid(), mode, id, 'review_changes', 'ord_1', now() - interval '1 hour' FROM orders
RETURNING 1
"""


async def looked_at(desk: Desk, begin: Begin, status: str) -> dict[str, str]:
    await told(desk.begin, "UPDATE orders SET status = $1 RETURNING 1", status)
    await told(desk.begin, ERRAND)
    for errand in await in_hand(desk.begin, desk.clock, "review_changes"):
        await review_changes(errand, begin=begin, clock=desk.clock)
    return {row["kind"]: row["status"] for row in await told(desk.begin, "SELECT kind, status FROM change_requests")}


async def test_what_is_not_possible_any_more_lapses_and_is_told(desk: Desk, worker_begin: Begin) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, ELSEWHERE)
    assert await looked_at(desk, worker_begin, "partially_shipped") == {"modification": "lapsed"}
    fact = (await facts(desk.begin, desk.shop, order_id))[-1]
    assert (fact["kind"], fact["actor"], fact["snapshot"]["change"]["outcome"]) == (
        "change.decided",
        "policy",
        "lapsed",
    )
    assert ("change_decided", held.wire_id) in await messages(desk.begin, desk.shop, order_id)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("partially_shipped", {"modification": "pending", "cancellation": "pending"}),
        ("shipped", {"modification": "pending", "cancellation": "lapsed"}),
        ("delivered", {"modification": "lapsed", "cancellation": "lapsed"}),
        ("completed", {"modification": "lapsed", "cancellation": "lapsed"}),
        ("cancelled", {"modification": "lapsed", "cancellation": "lapsed"}),
    ],
)
async def test_what_is_still_possible_waits_on(
    desk: Desk, worker_begin: Begin, status: str, expected: dict[str, str]
) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts())
    order_id = await desk.order()
    await desk.asked(order_id, ELSEWHERE)
    await desk.asked(order_id)
    assert await looked_at(desk, worker_begin, status) == expected


async def test_the_issues_of_an_order_that_has_ended_are_settled_without_a_word(
    desk: Desk, worker_begin: Begin
) -> None:
    order_id, by = await desk.order(), By("tests", desk.clock.now())
    async with desk.begin(desk.shop.scope) as tx:
        await open_issue(tx, await order_for_update(tx, order_id), OpenIssue("other"), by)
    await looked_at(desk, worker_begin, "processing")
    assert await told(desk.begin, "SELECT status FROM issues") == [{"status": "open"}]
    await looked_at(desk, worker_begin, "cancelled")
    assert await told(desk.begin, "SELECT status FROM issues") == [{"status": "resolved"}]
    assert "issue_resolved" not in [milestone for milestone, _ in await messages(desk.begin, desk.shop, order_id)]


@pytest.mark.parametrize("beats", range(3))
async def test_a_worker_killed_anywhere_lets_it_lapse_once(desk: Desk, worker_begin: Begin, beats: int) -> None:
    order_id = await desk.order()
    await desk.asked(order_id)
    await told(desk.begin, "UPDATE orders SET status = 'shipped' RETURNING 1")
    await told(desk.begin, ERRAND)
    (errand,) = await in_hand(desk.begin, desk.clock, "review_changes")
    with pytest.raises(Killed):
        await review_changes(errand, begin=Mortal(worker_begin, Life(beats)), clock=desk.clock)  # type: ignore[arg-type]
    await lease_ended(desk.begin)
    await looked_at(desk, worker_begin, "shipped")
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds.count("change.decided") == 1
