"""What is not settled in time goes on, exactly once."""

import asyncio
from datetime import timedelta

import pytest

from tests.db.issues.counter import Counter
from tests.fixtures.facts import facts, records, told
from tests.fixtures.waiting import eventually
from tidings.issues import escalate
from tidings.issues.change import ChangeIssue, change_issue
from tidings.issues.escalate import escalate_issues, watch_issues
from tidings.kit.db import Begin
from tidings.kit.ids import wire

TASK = "SELECT owner, status, due_at FROM tasks WHERE kind = 'handle_issue' ORDER BY id"
HOUR = timedelta(hours=1)


@pytest.fixture
async def manned(counter: Counter) -> Counter:
    """A desk with an owner and a delegate."""
    await counter.rule(desk={"owner": "staff/anna", "delegate": "staff/bo"})
    return counter


async def escalated(counter: Counter, begin: Begin) -> int:
    return await escalate_issues(begin, counter.clock.now())


async def test_it_goes_on_to_the_delegate_with_its_task(manned: Counter, worker_begin: Begin) -> None:
    order_id = await manned.order()
    row = await manned.open(order_id, due_at=manned.later(hours=1))
    manned.clock.advance(HOUR - timedelta(seconds=1))
    assert await escalated(manned, worker_begin) == 0
    manned.clock.advance(timedelta(seconds=1))
    assert await escalated(manned, worker_begin) == 1
    (issue,) = await manned.issues()
    assert (issue["owner"], issue["escalated_at"], issue["status"]) == ("staff/bo", manned.clock.now(), "open")
    assert await told(manned.begin, TASK) == [{"owner": "staff/bo", "status": "open", "due_at": manned.clock.now()}]
    assert await manned.kinds(order_id) == ["issue.opened", "issue.escalated"]
    fact = (await facts(manned.begin, manned.shop, order_id))[-1]
    assert (fact["actor"], fact["snapshot"]["issue"]["owner"]) == ("system", "staff/bo")
    *_, record = await records(manned.begin, manned.shop, order_id)
    assert (record["subject"], record["data"]["before"]) == (wire("iss", row.id), "staff/anna")
    assert await manned.owed(order_id) == ["issue_notification"], "the customer hears nothing of it"


async def test_once_and_never_again(manned: Counter, worker_begin: Begin) -> None:
    order_id = await manned.order()
    await manned.open(order_id, due_at=manned.later(hours=1))
    manned.clock.advance(2 * HOUR)
    assert sum(await asyncio.gather(*(escalated(manned, worker_begin) for _ in range(4)))) == 1
    manned.clock.advance(24 * HOUR)
    assert await escalated(manned, worker_begin) == 0
    assert (await manned.kinds(order_id)).count("issue.escalated") == 1


async def test_without_a_delegate_it_stays_with_its_owner_and_is_said_all_the_same(
    counter: Counter, worker_begin: Begin
) -> None:
    await counter.open(await counter.order(), owner="staff/eve", due_at=counter.later(hours=1))
    counter.clock.advance(HOUR)
    assert await escalated(counter, worker_begin) == 1
    assert [(row["owner"], row["escalated_at"]) for row in await counter.issues()] == [
        ("staff/eve", counter.clock.now())
    ]


async def test_a_task_that_was_finished_without_settling_the_issue_is_opened_again(
    manned: Counter, worker_begin: Begin
) -> None:
    await manned.open(await manned.order(), due_at=manned.later(hours=1))
    async with manned.begin.across() as tx:
        await tx.raw.execute("UPDATE tasks SET status = 'done', outcome = 'called'")
    manned.clock.advance(HOUR)
    await escalated(manned, worker_begin)
    assert [(row["owner"], row["status"]) for row in await told(manned.begin, TASK)] == [
        ("staff/anna", "done"), ("staff/bo", "open"),
    ]  # fmt: skip


async def test_what_is_settled_or_never_due_does_not_go_on(manned: Counter, worker_begin: Begin) -> None:
    order_id = await manned.order()
    settled = await manned.open(order_id, due_at=manned.later(hours=1))
    await manned.resolve(settled.id)
    endless = await manned.open(order_id)
    async with manned.begin(manned.shop.scope) as tx:
        await change_issue(tx, ChangeIssue(endless.id, {"due_at": None}), manned.by)
    manned.clock.advance(24 * HOUR)
    assert await escalated(manned, worker_begin) == 0


async def test_one_that_cannot_go_on_keeps_no_other_from_it(manned: Counter, worker_begin: Begin) -> None:
    broken, sound = await manned.order(), await manned.order()
    for order_id in (broken, sound):
        await manned.open(order_id, due_at=manned.later(hours=1))
    async with manned.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET details = '{\"lines\": 1}' WHERE id = $1", broken)
    manned.clock.advance(HOUR)
    assert await escalated(manned, worker_begin) == 1
    assert [row["escalated_at"] is not None for row in await manned.issues()] == [False, True]


async def test_the_watch_looks_again_and_again(
    manned: Counter, worker_begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalate, "_LOOK_EVERY", timedelta(milliseconds=5))
    order_id = await manned.order()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch_issues(worker_begin, manned.clock))
        await manned.open(order_id, due_at=manned.later(hours=1))
        manned.clock.advance(HOUR)
        seen: list[str] = []
        looking = group.create_task(_until_escalated(manned, order_id, seen))
        await eventually(lambda: seen)
        watching.cancel()
        looking.cancel()


async def _until_escalated(counter: Counter, order_id, seen: list[str]) -> None:
    while "issue.escalated" not in await counter.kinds(order_id):
        await asyncio.sleep(0.005)
    seen.append("issue.escalated")


async def test_looking_costs_by_what_is_due(counter: Counter) -> None:
    async with counter.begin.across() as tx:
        await tx.raw.execute("SET LOCAL enable_seqscan = off")
        plan = await tx.raw.fetch(f"EXPLAIN {escalate._DUE}", counter.clock.now(), 100)
    assert "ix_issues_due" in str([row[0] for row in plan])
