"""The lease on callbacks, and its fence."""

from datetime import timedelta

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox.claim import LEASE, MOST_AT_ONCE, Settled, claim, next_due, settle
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.queries import Filter, letters
from tidings.adapters.sandbox.take import Arrival, take

PACE = Pace(timedelta(seconds=1), timedelta(seconds=9))


async def arrive(begin, shop, clock, *recipients):
    config = connection(shop.scope)
    async with begin.across() as tx:
        for to in recipients:
            await take(tx, Arrival(outgoing(clock, to), config), now=clock.now(), pace=PACE)


async def claimed(begin, now):
    async with begin.across() as tx:
        return await claim(tx, now=now)


async def test_nothing_is_due_in_an_empty_inbox(worker_begin):
    async with worker_begin.across() as tx:
        assert await next_due(tx.raw) is None


async def test_the_next_due_one_is_the_earliest(worker_begin, shop, clock):
    await arrive(worker_begin, shop, clock, "delivered@sandbox.test")
    async with worker_begin.across() as tx:
        assert await next_due(tx.raw) == clock.now() + timedelta(seconds=1)


async def test_a_claimed_callback_is_nobody_elses_until_its_lease_ends(worker_begin, shop, clock):
    await arrive(worker_begin, shop, clock, "delivered@sandbox.test")
    now = clock.advance(timedelta(seconds=1))
    assert [each.callback.word for each in await claimed(worker_begin, now)] == ["accepted"]
    assert await claimed(worker_begin, now) == []
    again = await claimed(worker_begin, now + LEASE)
    assert sorted((each.callback.word, each.tries) for each in again) == [
        ("accepted", 2),
        ("delivered", 1),
        ("sent", 1),
    ]


async def test_no_more_than_a_batch_is_claimed_at_once_and_oldest_first(worker_begin, shop, clock):
    await arrive(worker_begin, shop, clock, *[f"delivered+{n}@sandbox.test" for n in range(100)])
    first = await claimed(worker_begin, clock.advance(timedelta(minutes=1)))
    rest = await claimed(worker_begin, clock.now())
    assert (len(first), len(rest)) == (MOST_AT_ONCE, 300 - MOST_AT_ONCE)
    assert {each.callback.word for each in rest} == {"delivered"}


async def test_whoever_lost_the_lease_settles_nothing(worker_begin, shop, clock):
    await arrive(worker_begin, shop, clock, "delivered@sandbox.test")
    [late] = await claimed(worker_begin, clock.advance(timedelta(seconds=1)))
    await claimed(worker_begin, clock.advance(LEASE))
    async with worker_begin.across() as tx:
        await settle(tx, [Settled(late, "200", clock.now(), None)])
    async with worker_begin.reading(None) as tx:
        [letter] = await letters(tx, Filter(), 1)
    assert letter.callbacks[0].posted_at is None
    assert letter.callbacks[0].due_at is not None
