"""Promises that are watched: each is warned of, missed and escalated once, whoever dies in between."""

import asyncio
from datetime import timedelta

import pytest

from tests.db.orders.watched import DESK, DyingBegin, Killed, look, promised_order, trace
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import promised
from tests.fixtures.rules import rule
from tidings.kit.db import Begin
from tidings.orders.watch_promises import run_watch, watch_promises

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# When what is to be told of the confirmation's hour.
STAGES = [(46 * MINUTE, "warned"), (61 * MINUTE, "missed"), (91 * MINUTE, "escalated")]


async def test_a_promise_is_warned_of_missed_and_escalated_once_each(mailroom: Mailroom) -> None:
    await rule(mailroom.begin, mailroom.shop, desk=DESK)
    order_id = await promised_order(mailroom)
    placed_at = mailroom.clock.now()
    assert await look(mailroom) == {}
    for after, stage in STAGES:
        mailroom.clock.set(placed_at + after - 2 * MINUTE)
        assert await look(mailroom) == {}
        mailroom.clock.set(placed_at + after)
        assert await look(mailroom) == {stage: 1}
        assert await look(mailroom) == {}
    told = await trace(mailroom, order_id)
    assert told["events"] == told["records"] == ["deadline.warned", "deadline.missed", "deadline.escalated"]
    assert told["messages"] == [
        ("deadline_warning", "desk@shop.test"),
        ("deadline_missed", "desk@shop.test"),
        ("deadline_missed", "ben@shop.test"),
    ]
    assert told["tasks"] == [
        ("promise_at_risk", "dropped", "staff/anna"),
        ("promise_missed", "open", "staff/ben"),
    ]


async def test_what_nobody_watched_for_a_day_is_missed_and_escalated_without_a_warning(mailroom: Mailroom) -> None:
    await promised_order(mailroom)
    mailroom.clock.advance(24 * HOUR)
    assert await look(mailroom) == {"missed": 1, "escalated": 1}
    assert await look(mailroom) == {}


async def test_a_promise_kept_in_time_is_nobodys_business(mailroom: Mailroom) -> None:
    await mailroom.sent(await mailroom.connect("email"))
    mailroom.clock.advance(24 * HOUR)
    assert await look(mailroom) == {}


async def test_a_promise_kept_late_before_anybody_looked_was_missed_and_leaves_nothing_to_do(
    mailroom: Mailroom,
) -> None:
    message = await mailroom.owed()
    mailroom.clock.advance(2 * HOUR)
    await mailroom.attempt(message, await mailroom.connect("email"))
    assert await look(mailroom) == {"missed": 1}
    assert await look(mailroom) == {}
    mailroom.clock.advance(24 * HOUR)
    assert await look(mailroom) == {}
    told = await trace(mailroom, message.order_id)
    assert (told["events"], told["tasks"]) == (["deadline.missed"], [])


async def test_a_promise_whose_message_came_back_is_missed_once(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    mailroom.clock.advance(30 * MINUTE)
    await mailroom.hear(attempt, "bounced")
    assert await look(mailroom) == {}
    mailroom.clock.advance(40 * MINUTE)
    assert await look(mailroom) == {"missed": 1}
    assert await look(mailroom) == {}


async def test_a_clock_set_back_tells_nothing_twice(mailroom: Mailroom) -> None:
    await promised_order(mailroom)
    for after, _ in STAGES:
        mailroom.clock.advance(after)
        await look(mailroom)
        mailroom.clock.advance(-after)
    for _ in range(2):
        assert await look(mailroom) == {}
        mailroom.clock.advance(24 * HOUR)
    (row,) = await mailroom.fetch("SELECT warned_at, missed_at, escalated_at FROM deadlines")
    assert None not in tuple(row)


async def test_two_workers_tell_everything_once(mailroom: Mailroom, worker_begin: Begin) -> None:
    orders = [await promised_order(mailroom) for _ in range(10)]
    for after, stage in STAGES:
        mailroom.clock.advance(after)
        told = await asyncio.gather(*(look(mailroom, begin) for begin in (mailroom.begin, worker_begin, worker_begin)))
        assert sum(one.get(stage, 0) for one in told) == len(orders)
        mailroom.clock.advance(-after)
    for order_id in orders:
        assert len((await trace(mailroom, order_id))["events"]) == len(STAGES)


@pytest.mark.parametrize(("after", "stage"), STAGES)
async def test_a_worker_that_dies_at_any_step_has_told_nothing_and_the_next_one_tells_it(
    mailroom: Mailroom, after: timedelta, stage: str
) -> None:
    await rule(mailroom.begin, mailroom.shop, desk=DESK)
    order_id = await promised_order(mailroom)
    started = mailroom.clock.now()
    for before, _ in STAGES[: STAGES.index((after, stage))]:
        mailroom.clock.set(started + before)
        await look(mailroom)
    mailroom.clock.set(started + after)
    untouched = await trace(mailroom, order_id)
    deaths = 0
    while True:
        worker = DyingBegin(mailroom.begin, deaths)
        told = await _survived(mailroom, worker)
        if not worker.has_died:
            break
        deaths += 1
        assert await trace(mailroom, order_id) == untouched
    assert told == {stage: 1}
    # The mark, what follows from it, the task, the commit.
    assert deaths >= 4
    assert await look(mailroom) == {}
    assert len((await trace(mailroom, order_id))["events"]) == len(untouched["events"]) + 1


async def _survived(mailroom: Mailroom, worker: DyingBegin) -> dict[str, int]:
    try:
        return await look(mailroom, worker)
    except Killed:
        return {}


async def test_one_that_cannot_be_told_holds_up_no_other(mailroom: Mailroom) -> None:
    """A clock without its order: nobody can lock it."""
    await promised(mailroom, HOUR - MINUTE)
    order_id = await promised_order(mailroom)
    mailroom.clock.advance(2 * HOUR)
    assert await look(mailroom) == {"missed": 1, "escalated": 1}
    assert (await trace(mailroom, order_id))["events"] == ["deadline.missed", "deadline.escalated"]


async def test_more_than_a_look_holds_is_told_by_the_next_ones(mailroom: Mailroom) -> None:
    for _ in range(5):
        await promised_order(mailroom)
    now = mailroom.clock.advance(61 * MINUTE)
    counts = [(await watch_promises(mailroom.begin, now, most=2))["missed"] for _ in range(4)]
    assert counts == [2, 2, 1, 0]


async def test_the_watch_goes_on_until_it_is_ended(mailroom: Mailroom) -> None:
    await promised_order(mailroom)
    mailroom.clock.advance(61 * MINUTE)
    watching = asyncio.get_running_loop().create_task(
        run_watch(mailroom.begin, mailroom.clock, every=timedelta(milliseconds=10))
    )
    async with asyncio.timeout(10):
        while await mailroom.value("SELECT missed_at FROM deadlines") is None:
            await asyncio.sleep(0.01)
    watching.cancel()
