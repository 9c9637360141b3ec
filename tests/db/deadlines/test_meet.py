"""Clocks stopped by a message that a provider has."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.meet import Meeting, meeting
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
