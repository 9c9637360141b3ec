import pytest

from tests.db.issues.counter import Counter
from tidings.issues.errors import IssueResolved
from tidings.issues.load import about_issue, is_held, open_issue_for_update
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import NotFound


async def test_an_issue_is_in_hand_with_its_order(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id)
    async with counter.begin(counter.shop.scope) as tx:
        issue = await open_issue_for_update(tx, row.id)
        assert (issue.order.row.id, issue.row.id, issue.wire_id) == (order_id, row.id, wire("iss", row.id))
        assert issue.cause(tx).about == issue.wire_id
        assert await is_held(tx, issue.order)
        issue.row.status = "resolved"
        assert not await is_held(tx, issue.order)


async def test_what_is_not_there_or_settled_is_not_in_hand(counter: Counter) -> None:
    row = await counter.open(await counter.order())
    await counter.resolve(row.id)
    async with counter.begin(counter.shop.scope) as tx:
        with pytest.raises(IssueResolved):
            await open_issue_for_update(tx, row.id)
        with pytest.raises(NotFound):
            await open_issue_for_update(tx, new_id())
    async with counter.begin(counter.shop.live_scope) as tx:
        with pytest.raises(NotFound):
            await open_issue_for_update(tx, row.id)


async def test_a_fact_about_an_issue_tells_the_whole_of_it_and_the_record_ids_and_words(counter: Counter) -> None:
    row = await counter.open(await counter.order(), details="Ada's door is shut.")
    about = about_issue(row, why="x")
    assert about.data == {"issue": wire("iss", row.id), "kind": "other", "why": "x"}
    assert "Ada's door" in about.snapshot["issue"]
