"""Issues are settled once, and with the last one the order goes on."""

import asyncio

import pytest

from tests.db.issues.counter import Counter
from tests.fixtures.facts import facts, told
from tests.fixtures.shop import Shop
from tidings.issues.errors import IssueResolved
from tidings.issues.resolve import resolve_about
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.orders.load import order_for_update


async def test_the_customer_is_told_how_it_was_settled_and_nobody_has_to_do_it_any_more(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id)
    counter.clock.advance(counter.later(hours=1) - counter.clock.now())
    settled = await counter.resolve(row.id, resolution="We found one more.")
    assert (settled.status, settled.resolved_by, settled.resolved_at) == ("resolved", "staff/7", counter.clock.now())
    assert await counter.kinds(order_id) == ["issue.opened", "issue.resolved"]
    assert await counter.owed(order_id) == ["issue_notification", "issue_resolved"]
    assert await counter.tasks(order_id) == [("handle_issue", "dropped")]
    assert not await counter.on_hold(order_id)
    snapshot = (await facts(counter.begin, counter.shop, order_id))[-1]["snapshot"]
    assert (snapshot["issue"]["resolution"], snapshot["order"]["on_hold"]) == ("We found one more.", False)


async def test_the_last_issue_lifts_the_hold(counter: Counter) -> None:
    order_id = await counter.order()
    rows = [await counter.open(order_id), await counter.open(order_id)]
    await counter.resolve(rows[0].id)
    assert await counter.on_hold(order_id)
    await counter.resolve(rows[1].id)
    assert not await counter.on_hold(order_id)


async def test_an_order_that_waited_for_nothing_else_is_processed(counter: Counter) -> None:
    order_id = await counter.order(payment_check="passed", stock_check="passed")
    row = await counter.open(order_id)
    await counter.resolve(row.id)
    assert await counter.kinds(order_id) == ["issue.opened", "issue.resolved", "processing.started"]
    assert (await counter.look(order_id)).row.status == "processing"


async def test_whether_the_customer_is_told_may_be_said_otherwise(counter: Counter) -> None:
    order_id = await counter.order()
    await counter.resolve((await counter.open(order_id)).id, is_told=False)
    assert await counter.owed(order_id) == ["issue_notification"]
    await counter.resolve((await counter.open(order_id, is_told=False)).id, is_told=True)
    assert await counter.owed(order_id) == ["issue_notification", "issue_resolved"]


async def test_what_is_settled_is_not_settled_again(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id)
    await counter.resolve(row.id)
    with pytest.raises(IssueResolved) as refusal:
        await counter.resolve(row.id, resolution="otherwise")
    assert refusal.value.members["resolved_by"] == "staff/7"
    assert (await counter.issues())[0]["resolution"] is None


async def test_of_many_who_settle_it_at_once_one_has_settled_it(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id)
    outcomes = await asyncio.gather(*(counter.resolve(row.id) for _ in range(8)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == [*["IssueResolved"] * 7, "IssueRow"]
    assert await counter.owed(order_id) == ["issue_notification", "issue_resolved"]


async def test_what_goes_away_by_itself_settles_what_is_open_about_it(counter: Counter) -> None:
    order_id = await counter.order()
    await counter.open(order_id, kind="out_of_stock", about="stock")
    other = await counter.open(order_id, kind="payment_error", about="payment")
    for _ in range(2):
        async with counter.begin(counter.shop.scope) as tx:
            await resolve_about(tx, await order_for_update(tx, order_id), "out_of_stock", "stock", counter.by)
    assert [row["status"] for row in await counter.issues()] == ["resolved", "open"]
    await counter.resolve(other.id)
    assert await counter.kinds(order_id) == [*["issue.opened"] * 2, *["issue.resolved"] * 2]


async def test_anothers_issue_is_not_there(counter: Counter, other_shop: Shop) -> None:
    row = await counter.open(await counter.order())
    with pytest.raises(NotFound):
        await Counter(counter.begin, other_shop, counter.clock).resolve(row.id)
    for issue_id in (None, new_id()):
        with pytest.raises(NotFound):
            await counter.resolve(issue_id)


@pytest.mark.parametrize("check", ["payment", "stock"])
async def test_a_check_that_has_failed_still_is_somebodys_task_when_its_issue_is_settled(
    check: str, counter: Counter
) -> None:
    order_id = await counter.order(**{f"{check}_check": "failed"})
    row = await counter.open(order_id, about=check, owner="staff/anna")
    other = await counter.open(order_id)
    await counter.resolve(other.id)
    assert ("verify_by_hand", "open") not in await counter.tasks(order_id)
    await counter.resolve(row.id)
    assert ("verify_by_hand", "open") in await counter.tasks(order_id)
    (task,) = await told(counter.begin, "SELECT owner, data ->> 'check' AS said FROM tasks WHERE status = 'open'")
    assert (task["owner"], task["said"]) == ("staff/anna", check)
