"""Issues are handed on while they are open."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.db.issues.counter import Counter
from tests.fixtures.facts import facts, records, told
from tidings.issues.change import ChangeIssue, change_issue
from tidings.issues.errors import IssueResolved
from tidings.issues.escalate import escalate_issues
from tidings.issues.tables import IssueRow
from tidings.kit.ids import new_id
from tidings.kit.problem import InvalidInput, NotFound

TASK = "SELECT owner, due_at FROM tasks WHERE status = 'open'"


async def changed(counter: Counter, issue_id: UUID | None, **changes: Any) -> IssueRow:
    async with counter.begin(counter.shop.scope) as tx:
        return await change_issue(tx, ChangeIssue(issue_id, changes), counter.by)


async def test_another_owner_and_time_are_the_tasks_too_and_nobody_is_told(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id, owner="staff/anna")
    due_at = counter.later(hours=2)
    after = await changed(counter, row.id, owner="staff/bo", due_at=due_at, next_steps="Wait.")
    assert (after.owner, after.due_at, after.next_steps) == ("staff/bo", due_at, "Wait.")
    assert await told(counter.begin, TASK) == [{"owner": "staff/bo", "due_at": due_at}]
    assert await counter.kinds(order_id) == ["issue.opened", "issue.changed"]
    assert await counter.owed(order_id) == ["issue_notification"]
    *_, record = await records(counter.begin, counter.shop, order_id)
    assert record["data"]["changed"] == ["owner", "due_at", "next_steps"]
    assert (await facts(counter.begin, counter.shop, order_id))[-1]["snapshot"]["issue"]["owner"] == "staff/bo"


async def test_what_changes_nothing_leaves_no_trace(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id, owner="staff/anna")
    await changed(counter, row.id, owner="staff/anna", details=None)
    assert await counter.kinds(order_id) == ["issue.opened"]


async def test_a_new_time_is_a_new_promise(counter: Counter) -> None:
    row = await counter.open(await counter.order(), due_at=counter.later(hours=1))
    counter.clock.advance(timedelta(hours=1))
    assert await escalate_issues(counter.begin, counter.clock.now()) == 1
    assert (await changed(counter, row.id, due_at=counter.later(hours=1))).escalated_at is None
    counter.clock.advance(timedelta(hours=1))
    assert await escalate_issues(counter.begin, counter.clock.now()) == 1
    with pytest.raises(InvalidInput):
        await changed(counter, row.id, due_at=counter.later(hours=-1))
    assert (await changed(counter, row.id, due_at=None)).due_at is None


async def test_what_is_settled_is_not_changed(counter: Counter) -> None:
    row = await counter.open(await counter.order())
    await counter.resolve(row.id)
    with pytest.raises(IssueResolved):
        await changed(counter, row.id, owner="staff/bo")
    with pytest.raises(NotFound):
        await changed(counter, new_id(), owner="staff/bo")
