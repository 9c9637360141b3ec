"""Clocks that run again."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tests.fixtures.rules import rule
from tidings.deadlines.reopen import Reopening, reopen

HOUR = timedelta(hours=1)


async def run_again(mailroom: Mailroom, met_by: str) -> int:
    rows = await mailroom.fetch("SELECT order_id FROM deadlines")
    these = [Reopening(mailroom.shop.id, row["order_id"], met_by) for row in rows]
    async with mailroom.begin.across() as tx:
        return await reopen(tx, these, now=mailroom.clock.now())


async def clock_of(mailroom: Mailroom) -> tuple[Any, ...]:
    (row,) = await mailroom.fetch("SELECT met_at, met_by, missed_at FROM deadlines")
    return tuple(row)


async def test_a_clock_runs_again_to_the_same_due_time(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=timedelta()))
    due = await mailroom.value("SELECT due_at FROM deadlines")
    assert await run_again(mailroom, "msg_1") == 1
    assert await clock_of(mailroom) == (None, None, None)
    assert await mailroom.value("SELECT due_at FROM deadlines") == due
    (record,) = await mailroom.fetch("SELECT actor, data FROM records WHERE kind = 'deadline.reopened'")
    assert (record["actor"], record["data"]["message"]) == ("system", "msg_1")


async def test_whether_it_is_missed_by_now_is_left_to_the_watch(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=timedelta()))
    mailroom.clock.advance(2 * HOUR)
    await run_again(mailroom, "msg_1")
    assert await clock_of(mailroom) == (None, None, None)
    assert await mailroom.fetch("SELECT kind FROM tasks") == []


@pytest.mark.parametrize(
    ("reached", "kind"),
    [({"warned_at": HOUR / 2}, "promise_at_risk"), ({"warned_at": HOUR / 2, "missed_at": HOUR}, "promise_missed")],
)
async def test_what_staff_had_been_told_of_is_theirs_to_do_again(
    mailroom: Mailroom, reached: dict[str, timedelta], kind: str
) -> None:
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=2 * HOUR, **reached))
    await run_again(mailroom, "msg_1")
    (task,) = await mailroom.fetch("SELECT kind, status, data FROM tasks")
    assert (task["kind"], task["status"], task["data"]["message"]) == (kind, "open", "msg_1")
    escalates = await mailroom.value("SELECT escalates_at FROM deadlines")
    assert escalates == (mailroom.clock.now() if "missed_at" in reached else None)


async def test_while_the_owner_is_out_it_is_the_delegates_to_do_again(mailroom: Mailroom) -> None:
    today = str(mailroom.clock.now().astimezone(ZoneInfo("Europe/Berlin")).date())
    desk = {"owner": "staff/anna", "delegate": "staff/bo", "owner_out": [{"first": today, "last": today}]}
    await rule(mailroom.begin, mailroom.shop, desk=desk)
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=HOUR / 2, warned_at=HOUR / 3))
    await run_again(mailroom, "msg_1")
    assert await mailroom.value("SELECT owner FROM tasks") == "staff/bo"


async def test_what_another_message_or_a_person_has_kept_stays_kept(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="staff/eve", **instants(mailroom, met_at=timedelta()))
    assert await run_again(mailroom, "msg_1") == 0
    assert (await clock_of(mailroom))[1] == "staff/eve"


async def test_nothing_to_reopen_is_no_trouble(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await reopen(tx, [], now=mailroom.clock.now()) == 0
