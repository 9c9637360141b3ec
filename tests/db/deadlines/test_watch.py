"""Which clocks are found by the watch, and that each is marked once."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.watch import DueClock, Stage, Warnings, clocks_due, mark_told

HOUR, MINUTE, NOTHING = timedelta(hours=1), timedelta(minutes=1), timedelta()
WARNINGS = Warnings({"order_confirmation": 15 * MINUTE, "change_decided": 4 * HOUR})


async def due(mailroom: Mailroom, stage: Stage, *, most: int = 10) -> list[DueClock]:
    async with mailroom.begin.across() as tx:
        return list(await clocks_due(tx.raw, stage, mailroom.clock.now(), WARNINGS, most=most))


async def mark(mailroom: Mailroom, stage: Stage, clock: DueClock) -> bool:
    async with mailroom.begin(clock.scope) as tx:
        return await mark_told(tx, stage, clock, mailroom.clock.now(), escalates_after=30 * MINUTE) is not None


@pytest.mark.parametrize(
    ("kind", "lasts", "warned_after"),
    [
        ("order_confirmation", HOUR, 45 * MINUTE),
        ("order_confirmation", 10 * MINUTE, 5 * MINUTE),  # shorter than twice its warning: halfway
        ("change_decided", 24 * HOUR, 20 * HOUR),
        ("order_dispatched", HOUR, None),  # nobody is warned of it
    ],
)
async def test_a_promise_is_warned_of_so_long_before(
    mailroom: Mailroom, kind: str, lasts: timedelta, warned_after: timedelta | None
) -> None:
    await promised(mailroom, lasts, kind=kind)
    started = mailroom.clock.now()
    if warned_after is not None:
        mailroom.clock.set(started + warned_after - timedelta(seconds=1))
    assert await due(mailroom, "warned") == []
    mailroom.clock.set(started + (warned_after or lasts))
    assert len(await due(mailroom, "warned")) == (warned_after is not None)


@pytest.mark.parametrize(
    "stopped",
    [{"met_at": MINUTE}, {"cancelled_at": MINUTE}, {"missed_at": HOUR, "escalated_at": 2 * HOUR}],
)
async def test_what_has_stopped_or_was_told_is_not_found(mailroom: Mailroom, stopped: dict[str, timedelta]) -> None:
    await promised(mailroom, HOUR, **instants(mailroom, **stopped))
    for after in (50 * MINUTE, 3 * HOUR):
        mailroom.clock.advance(after)
        for stage in ("warned", "missed", "escalated"):
            assert await due(mailroom, stage) == []


async def test_each_stage_is_marked_once_and_only_while_it_is_so(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR)
    mailroom.clock.advance(50 * MINUTE)
    (clock,) = await due(mailroom, "warned")
    assert not await mark(mailroom, "missed", clock)
    assert [await mark(mailroom, "warned", clock) for _ in range(2)] == [True, False]
    mailroom.clock.advance(11 * MINUTE)
    assert await due(mailroom, "missed") == [clock]
    assert not await mark(mailroom, "escalated", clock)
    assert [await mark(mailroom, "missed", clock) for _ in range(2)] == [True, False]
    assert not await mark(mailroom, "warned", clock)
    mailroom.clock.advance(29 * MINUTE)
    assert await due(mailroom, "escalated") == [clock]
    assert [await mark(mailroom, "escalated", clock) for _ in range(2)] == [True, False]
    assert await due(mailroom, "escalated") == []


async def test_what_was_kept_in_the_meantime_is_not_marked(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR)
    mailroom.clock.advance(50 * MINUTE)
    (clock,) = await due(mailroom, "warned")
    await mailroom.fetch("UPDATE deadlines SET met_at = $1 RETURNING id", mailroom.clock.now())
    assert not await mark(mailroom, "warned", clock)


async def test_the_longest_due_comes_first_and_no_more_than_asked_for(mailroom: Mailroom) -> None:
    made = [await promised(mailroom, n * MINUTE) for n in (3, 1, 2)]
    mailroom.clock.advance(HOUR)
    assert [clock.id for clock in await due(mailroom, "missed", most=2)] == [made[1], made[2]]
