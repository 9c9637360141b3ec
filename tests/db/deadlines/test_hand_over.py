"""Promises that are kept by another message than was thought."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.hand_over import HandingOver, hand_over

HOUR = timedelta(hours=1)


async def handed(mailroom: Mailroom, met_by: str, after: timedelta) -> int:
    now = mailroom.clock.now()
    rows = await mailroom.fetch("SELECT order_id FROM deadlines")
    these = [HandingOver(mailroom.shop.id, row["order_id"], met_by, "msg_2", now + after) for row in rows]
    async with mailroom.begin.across() as tx:
        return await hand_over(tx, these, now=now)


async def test_another_message_has_kept_it_since_it_went_out(mailroom: Mailroom) -> None:
    now = mailroom.clock.now()
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=timedelta()))
    assert await handed(mailroom, "msg_1", 2 * HOUR) == 1
    (clock,) = await mailroom.fetch("SELECT met_at, met_by FROM deadlines")
    assert tuple(clock) == (now + 2 * HOUR, "msg_2")
    (record,) = await mailroom.fetch("SELECT actor, data FROM records WHERE kind = 'deadline.handed_over'")
    told = record["data"]
    assert (record["actor"], told["message"], told["by"], told["in_time"]) == ("system", "msg_1", "msg_2", False)


async def test_what_something_else_has_kept_or_is_cancelled_stays_as_it_is(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR, met_by="staff/eve", **instants(mailroom, met_at=timedelta()))
    await promised(mailroom, HOUR, met_by="msg_1", **instants(mailroom, met_at=timedelta(), cancelled_at=timedelta()))
    assert await handed(mailroom, "msg_1", HOUR) == 0
    assert await mailroom.fetch("SELECT kind FROM records") == []


async def test_nothing_to_hand_over_is_no_trouble(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await hand_over(tx, [], now=mailroom.clock.now()) == 0
