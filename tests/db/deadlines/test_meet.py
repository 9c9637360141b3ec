"""Clocks stopped by a message that a provider has."""

from datetime import datetime, timedelta

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.meet import Meeting, follow_meeting, meet_clock, meeting
from tidings.kit.ids import wire
from tidings.kit.rows import write


async def keep(mailroom: Mailroom, by: str) -> None:
    rows = await mailroom.fetch("SELECT order_id, dedupe_key FROM deadlines")
    meetings = [Meeting(mailroom.shop.id, row["order_id"], row["dedupe_key"], by, mailroom.clock.now()) for row in rows]
    async with mailroom.begin.across() as tx:
        nobodys = Meeting(mailroom.shop.id, mailroom.shop.id, "nobody's", by, mailroom.clock.now())
        await write(tx, *meeting([*meetings, nobodys]))


async def test_the_first_to_keep_a_promise_has_kept_it(mailroom: Mailroom) -> None:
    await promised(mailroom, timedelta(hours=1))
    kept_at = mailroom.clock.now()
    await keep(mailroom, "msg_1")
    mailroom.clock.advance(timedelta(minutes=1))
    await keep(mailroom, "msg_2")
    (row,) = await mailroom.fetch("SELECT met_at, met_by FROM deadlines")
    assert tuple(row) == (kept_at, "msg_1")


async def test_a_cancelled_promise_is_kept_by_nobody(mailroom: Mailroom) -> None:
    await promised(mailroom, timedelta(hours=1), **instants(mailroom, cancelled_at=timedelta()))
    await keep(mailroom, "msg_1")
    assert await mailroom.value("SELECT met_at FROM deadlines") is None


async def test_nothing_to_meet_is_no_trouble(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        await write(tx, *meeting([]))


async def tell(mailroom: Mailroom, at: datetime) -> bool:
    """Staff logs that the customer of the only order was told."""
    (row,) = await mailroom.fetch("SELECT order_id, dedupe_key FROM deadlines")
    async with mailroom.begin(mailroom.scope) as tx:
        kept = Meeting(mailroom.shop.id, row["order_id"], row["dedupe_key"], "staff/eve", at)
        return await meet_clock(tx, kept, now=mailroom.clock.now())


async def test_a_promise_kept_by_staff_stops_its_clock_drops_its_tasks_and_is_recorded(mailroom: Mailroom) -> None:
    deadline = await promised(mailroom, timedelta(hours=1))
    await opened(mailroom, wire("ddl", deadline), "promise_missed")
    at = mailroom.clock.advance(timedelta(hours=2))
    assert await tell(mailroom, at)
    (row,) = await mailroom.fetch("SELECT met_at, met_by FROM deadlines")
    assert tuple(row) == (at, "staff/eve")
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    (record,) = await mailroom.fetch("SELECT actor, data FROM records WHERE kind = 'deadline.met'")
    assert (record["actor"], record["data"]["in_time"]) == ("staff/eve", False)


async def test_a_clock_that_runs_no_more_is_not_stopped_again(mailroom: Mailroom) -> None:
    await promised(mailroom, timedelta(hours=1))
    assert await tell(mailroom, mailroom.clock.now())
    assert not await tell(mailroom, mailroom.clock.now())
    assert await mailroom.value("SELECT count(*) FROM records") == 1


async def test_what_a_person_has_said_keeps_a_promise_that_a_message_had_kept_before(mailroom: Mailroom) -> None:
    """A message may come back; what was said does not."""
    await promised(mailroom, timedelta(hours=1))
    kept_at = mailroom.clock.now()
    await keep(mailroom, "msg_1")
    assert not await tell(mailroom, mailroom.clock.advance(timedelta(minutes=1)))
    (row,) = await mailroom.fetch("SELECT met_at, met_by FROM deadlines")
    assert tuple(row) == (kept_at, "staff/eve")


async def test_what_people_had_been_told_of_is_settled_when_a_provider_has_the_message(mailroom: Mailroom) -> None:
    noted = await promised(mailroom, timedelta(hours=1), **instants(mailroom, warned_at=timedelta()))
    await promised(mailroom, timedelta(hours=1))
    await opened(mailroom, wire("ddl", noted), "promise_at_risk")
    await keep(mailroom, "msg_1")
    rows = await mailroom.fetch("SELECT order_id, dedupe_key, met_at FROM deadlines")
    meetings = [Meeting(mailroom.shop.id, row["order_id"], row["dedupe_key"], "msg_1", row["met_at"]) for row in rows]
    async with mailroom.begin.across() as tx:
        await follow_meeting(tx, meetings, now=mailroom.clock.now())
        await follow_meeting(tx, [], now=mailroom.clock.now())
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    assert await mailroom.value("SELECT subject FROM records WHERE kind = 'deadline.met'") == wire("ddl", noted)
