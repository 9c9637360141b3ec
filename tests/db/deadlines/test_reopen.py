"""Clocks that run again."""

from datetime import timedelta
from typing import Any

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
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


async def test_one_whose_time_is_over_by_now_was_not_kept_in_time(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=timedelta()))
    mailroom.clock.advance(HOUR)
    await run_again(mailroom, "msg_1")
    assert await clock_of(mailroom) == (None, None, mailroom.clock.now())


async def test_what_another_message_or_a_person_has_kept_stays_kept(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="staff/eve", **instants(mailroom, met_at=timedelta()))
    assert await run_again(mailroom, "msg_1") == 0
    assert (await clock_of(mailroom))[1] == "staff/eve"


async def test_nothing_to_reopen_is_no_trouble(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await reopen(tx, [], now=mailroom.clock.now()) == 0
