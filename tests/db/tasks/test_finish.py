"""Tasks closed by their outcome, or because their cause went away."""

import pytest

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.tasks.errors import TaskClosed
from tidings.tasks.finish import Cause, FinishTask, drop_tasks, drop_tasks_of_orders, finish_task


async def finish(mailroom: Mailroom, task: object, scope: Scope | None = None) -> None:
    command = FinishTask(task, "called", "will come by", "staff/eve")  # type: ignore[arg-type]
    async with mailroom.begin(scope or mailroom.scope) as tx:
        await finish_task(tx, command, now=mailroom.clock.now())


async def test_a_task_is_closed_with_its_outcome_and_who_told_it(mailroom: Mailroom) -> None:
    task = await opened(mailroom, "msg_1")
    await finish(mailroom, task)
    (row,) = await mailroom.fetch("SELECT * FROM tasks")
    assert (row["status"], row["outcome"], row["notes"]) == ("done", "called", "will come by")
    assert (row["closed_at"], row["closed_by"]) == (mailroom.clock.now(), "staff/eve")
    (record,) = await mailroom.fetch("SELECT * FROM records WHERE kind = 'task.finished'")
    assert (record["subject"], record["actor"], record["order_id"]) == (wire("tsk", task), "staff/eve", row["order_id"])
    assert "come by" not in str(record["data"])


async def test_an_outcome_is_told_once(mailroom: Mailroom) -> None:
    task = await opened(mailroom, "msg_1")
    await finish(mailroom, task)
    with pytest.raises(TaskClosed) as refusal:
        await finish(mailroom, task)
    assert refusal.value.members == {"task": wire("tsk", task), "outcome": "called"}


async def test_nobody_elses_task_is_found(mailroom: Mailroom, other_shop: Shop) -> None:
    task = await opened(mailroom, "msg_1")
    for scope, wanted in (
        (other_shop.scope, task),
        (mailroom.shop.live_scope, task),
        (mailroom.scope, new_id()),
        (mailroom.scope, None),
    ):
        with pytest.raises(NotFound):
            await finish(mailroom, wanted, scope)


async def test_tasks_whose_cause_went_away_are_dropped(mailroom: Mailroom) -> None:
    await opened(mailroom, "msg_1")
    await opened(mailroom, "msg_2")
    causes = [Cause(mailroom.shop.id, "test", "message_dead", f"msg_{number}") for number in (1, 3)]
    async with mailroom.begin.across() as tx:
        assert await drop_tasks(tx, causes, why="it arrived", now=mailroom.clock.now()) == 1
        assert await drop_tasks(tx, [], why="nothing", now=mailroom.clock.now()) == 0
    rows = await mailroom.fetch("SELECT status, outcome, closed_by FROM tasks ORDER BY dedupe_key")
    assert [tuple(row) for row in rows] == [("dropped", "it arrived", "system"), ("open", None, None)]
    assert await mailroom.value("SELECT data->>'why' FROM records WHERE kind = 'task.dropped'") == "it arrived"


async def test_tasks_of_a_kind_about_an_order_are_dropped_and_tell_what_they_were_about(
    mailroom: Mailroom, other_shop: Shop
) -> None:
    order_id = new_id()
    await opened(mailroom, "msg_1", order_id=order_id)
    await opened(mailroom, "msg_2", order_id=order_id)
    now = mailroom.clock.now()
    async with mailroom.begin(other_shop.scope) as tx:
        assert await drop_tasks_of_orders(tx, [order_id], "message_dead", why="nobody's", now=now) == []
    async with mailroom.begin(mailroom.scope) as tx:
        assert await drop_tasks_of_orders(tx, [order_id], "call_customer", why="another", now=now) == []
        assert len(await drop_tasks_of_orders(tx, [order_id], "message_dead", why="over", now=now)) == 2
        assert await drop_tasks_of_orders(tx, [order_id], "message_dead", why="over", now=now) == []
    assert {row["status"] for row in await mailroom.fetch("SELECT status FROM tasks")} == {"dropped"}
