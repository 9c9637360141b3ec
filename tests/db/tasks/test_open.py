"""A task for each cause, once while it is open."""

import asyncio

from tests.fixtures.chores import opened, opening
from tests.fixtures.mailroom import Mailroom
from tidings.tasks.finish import FinishTask, finish_task
from tidings.tasks.kinds import SUMMARIES, TASK_KINDS
from tidings.tasks.open import open_tasks


async def count(mailroom: Mailroom) -> int:
    return int(await mailroom.value("SELECT count(*) FROM tasks"))


async def test_a_task_says_what_to_do_and_what_it_is_about(mailroom: Mailroom) -> None:
    await opened(mailroom, "msg_1", owner="staff/eve")
    (row,) = await mailroom.fetch("SELECT * FROM tasks")
    assert (row["status"], row["owner"], row["summary"]) == ("open", "staff/eve", SUMMARIES["message_dead"])
    assert row["data"] == {"message": "msg_1"}


async def test_the_same_cause_opens_no_second_task_while_the_first_is_open(mailroom: Mailroom) -> None:
    async def again() -> None:
        async with mailroom.begin.across() as tx:
            await open_tasks(tx, opening(mailroom, "msg_1"), opening(mailroom, "msg_1"))

    await asyncio.gather(again(), again(), again())
    assert await count(mailroom) == 1


async def test_once_it_is_closed_the_same_cause_opens_a_new_one(mailroom: Mailroom) -> None:
    first = await opened(mailroom, "msg_1")
    async with mailroom.begin(mailroom.scope) as tx:
        await finish_task(tx, FinishTask(first, "called", None, "staff/eve"), now=mailroom.clock.now())
    assert await opened(mailroom, "msg_1") != first
    assert await count(mailroom) == 2


async def test_another_kind_or_mode_is_another_task(mailroom: Mailroom) -> None:
    await opened(mailroom, "msg_1")
    await opened(mailroom, "msg_1", "receipt_overdue")
    await opened(Mailroom(mailroom.begin, mailroom.shop, mailroom.clock, "live"), "msg_1")
    assert await count(mailroom) == 3


def test_every_kind_says_what_to_do() -> None:
    assert set(SUMMARIES) == set(TASK_KINDS)
