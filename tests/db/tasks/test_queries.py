"""Tasks found."""

from datetime import timedelta

import pytest

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound
from tidings.tasks.queries import TaskFilter, task_by_id, tasks_page


async def found(mailroom: Mailroom, asked: TaskFilter) -> list[object]:
    async with mailroom.begin.reading(mailroom.scope) as tx:
        return [row.id for row in (await tasks_page(tx, asked, Window())).items]


async def test_tasks_are_filtered_and_what_waited_longest_comes_first(mailroom: Mailroom) -> None:
    order = new_id()
    first = await opened(mailroom, "msg_1", order_id=order)
    mailroom.clock.advance(timedelta(minutes=1))
    due = mailroom.clock.now() + timedelta(hours=1)
    second = await opened(mailroom, "msg_2", "receipt_overdue", owner="staff/eve", due_at=due)
    assert await found(mailroom, TaskFilter()) == [first, second]
    assert await found(mailroom, TaskFilter(kind="receipt_overdue")) == [second]
    assert await found(mailroom, TaskFilter(order_id=order)) == [first]
    assert await found(mailroom, TaskFilter(owner="staff/eve")) == [second]
    assert await found(mailroom, TaskFilter(due_before=due)) == []
    assert await found(mailroom, TaskFilter(due_before=due + timedelta(seconds=1))) == [second]
    assert await found(mailroom, TaskFilter(status="done")) == []


async def test_the_list_goes_on_where_it_stopped_also_among_tasks_of_one_instant(mailroom: Mailroom) -> None:
    made = [await opened(mailroom, f"msg_{number}") for number in range(5)]
    seen: list[object] = []
    window: Window | None = Window(limit=2)
    while window is not None:
        async with mailroom.begin.reading(mailroom.scope) as tx:
            page = await tasks_page(tx, TaskFilter(), window)
        seen += [row.id for row in page.items]
        window = None if page.next_cursor is None else Window(limit=2, after=decode_cursor(page.next_cursor))
    assert seen == sorted(made)


async def test_one_task_is_found_by_its_own_storefront_only(mailroom: Mailroom, other_shop: Shop) -> None:
    task = await opened(mailroom, "msg_1")
    async with mailroom.begin.reading(mailroom.scope) as tx:
        assert (await task_by_id(tx, task)).id == task
    async with mailroom.begin.reading(other_shop.scope) as tx:
        with pytest.raises(NotFound):
            await task_by_id(tx, task)
