"""Callbacks are posted when they are due, signed, once each; and again when that did not go well."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.db.adapters.sandbox.play import connection, outgoing, receiving
from tidings.adapters.http import Http
from tidings.adapters.sandbox.callbacks import MOST_TRIES, post_due_callbacks, run_callbacks, wait_after
from tidings.adapters.sandbox.claim import LEASE, claim
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.queries import Filter, letters
from tidings.adapters.sandbox.take import Arrival, take
from tidings.adapters.sandbox.wire import SandboxReader
from tidings.kit.clock import SystemClock

AT_ONCE = Pace(timedelta(), timedelta())
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def http():
    async with Http() as made:
        yield made


@pytest.fixture
def config(shop):
    return connection(shop.scope)


@pytest.fixture
def known(config):
    async def connection_of(connection_id):
        return config if connection_id == config.id else None

    return connection_of


async def arrive(begin, config, url, *recipients, clock, pace=AT_ONCE):
    messages = [outgoing(clock, to, callback_url=url) for to in recipients]
    async with begin.across() as tx:
        for message in messages:
            await take(tx, Arrival(message, config), now=clock.now(), pace=pace)
    return messages


async def callbacks(begin):
    async with begin.reading(None) as tx:
        return [callback for letter in await letters(tx, Filter(), 50) for callback in letter.callbacks]


async def test_what_is_due_is_posted_signed_and_in_order(worker_begin, config, known, http, clock):
    async with receiving() as receiver:
        [message] = await arrive(worker_begin, config, receiver.url, "complaint@sandbox.test", clock=clock)
        assert await post_due_callbacks(worker_begin, http, known, now=clock.now()) == 4
    [post] = receiver.posts
    assert SandboxReader().verify(post, config, clock.now())
    assert receiver.words() == ["accepted", "sent", "delivered", "spam_report"]
    assert {event.attempt_id for event in receiver.events()} == {message.attempt_id}
    assert all((each.answer, each.due_at) == ("204", None) for each in await callbacks(worker_begin))


async def test_what_is_not_due_yet_waits(worker_begin, config, known, http, clock):
    async with receiving() as receiver:
        pace = Pace(A_SECOND, A_SECOND * 9)
        await arrive(worker_begin, config, receiver.url, "slow@sandbox.test", clock=clock, pace=pace)
        posted = []
        for _ in range(12):
            clock.advance(A_SECOND)
            posted.append(await post_due_callbacks(worker_begin, http, known, now=clock.now()))
    assert posted == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert receiver.words() == ["accepted", "sent", "delivered"]


async def test_a_silent_number_is_never_heard_of(worker_begin, config, known, http, clock):
    async with receiving() as receiver:
        await arrive(worker_begin, config, receiver.url, "+15005550105", clock=clock)
        assert await post_due_callbacks(worker_begin, http, known, now=clock.advance(timedelta(days=1))) == 0
    assert not receiver.posts


@pytest.mark.parametrize("answer", ["503 Busy", "400 Bad", "301 Moved", "hang up"])
async def test_what_was_not_taken_is_posted_again_with_the_same_ids(worker_begin, config, known, http, clock, answer):
    async with receiving(answer) as receiver:
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        await post_due_callbacks(worker_begin, http, known, now=clock.now())
        assert await post_due_callbacks(worker_begin, http, known, now=clock.now()) == 0, (
            "it waits before it tries again"
        )
        assert await post_due_callbacks(worker_begin, http, known, now=clock.advance(A_SECOND)) == 3
    first, again = receiver.posts
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"], "signed anew, at its own time"
    assert SandboxReader().verify(again, config, clock.now())


async def test_a_receiver_that_is_down_is_tried_later(worker_begin, config, known, http, clock):
    async with receiving() as receiver:
        gone = receiver.url
    await arrive(worker_begin, config, gone, "delivered@sandbox.test", clock=clock)
    await post_due_callbacks(worker_begin, http, known, now=clock.now())
    for callback in await callbacks(worker_begin):
        assert callback.posted_at is None
        assert callback.due_at == clock.now() + wait_after(1)
        assert callback.answer


async def test_retry_after_is_honoured(worker_begin, config, known, http, clock):
    async with receiving("429 Slow down\r\nretry-after: 90") as receiver:
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        await post_due_callbacks(worker_begin, http, known, now=clock.now())
    assert {each.due_at for each in await callbacks(worker_begin)} == {clock.now() + timedelta(seconds=90)}


async def test_a_callback_that_nobody_ever_takes_is_given_up_and_says_so(worker_begin, config, known, http, clock):
    async with receiving(*["500 No"] * MOST_TRIES) as receiver:
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        for _ in range(MOST_TRIES + 3):
            await post_due_callbacks(worker_begin, http, known, now=clock.advance(timedelta(minutes=5)))
    assert len(receiver.posts) == MOST_TRIES
    assert {(each.answer, each.due_at) for each in await callbacks(worker_begin)} == {("given up: 500", None)}


def test_waits_double_up_to_five_minutes():
    waits = [wait_after(tries).total_seconds() for tries in range(1, MOST_TRIES)]
    assert waits[:4] == [0.5, 1, 2, 4]
    assert waits[-1] == 300
    assert 2 * 3600 < sum(waits) < 3 * 3600


async def test_callbacks_of_a_connection_that_cannot_be_opened_wait_until_it_can(
    worker_begin, config, known, http, clock
):
    async def nobody(_):
        return None

    async def bare(_):
        return replace(config, secrets={})

    async with receiving() as receiver:
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        for connection_of, said in ((nobody, "is gone"), (bare, "no signing secret")):
            assert await post_due_callbacks(worker_begin, http, connection_of, now=clock.advance(A_SECOND)) == 3
            assert all(said in each.answer and each.due_at for each in await callbacks(worker_begin))
        assert not receiver.posts
        assert await post_due_callbacks(worker_begin, http, known, now=clock.advance(A_SECOND)) == 3
    assert receiver.words() == ["accepted", "sent", "delivered"]


async def test_two_posters_at_once_post_nothing_twice(worker_begin, begin, config, known, http, clock):
    async with receiving() as receiver:
        recipients = [f"delivered+{n}@sandbox.test" for n in range(100)]
        await arrive(worker_begin, config, receiver.url, *recipients, clock=clock)
        posters = [post_due_callbacks(each, http, known, now=clock.now()) for each in (worker_begin, begin) * 3]
        counts = await asyncio.gather(*posters)
    keys = [event.key for event in receiver.events()]
    assert len(keys) == sum(counts) == 300
    assert len(set(keys)) == 300


async def test_a_poster_that_died_leaves_its_callbacks_to_the_next_one(worker_begin, config, known, http, clock):
    async with receiving() as receiver:
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        async with worker_begin.across() as tx:
            assert len(await claim(tx, now=clock.now())) == 3  # … and never heard of again
        assert await post_due_callbacks(worker_begin, http, known, now=clock.advance(LEASE - A_SECOND)) == 0
        assert await post_due_callbacks(worker_begin, http, known, now=clock.advance(A_SECOND)) == 3
    assert receiver.words() == ["accepted", "sent", "delivered"]


async def test_one_connection_that_hangs_up_holds_back_no_other(worker_begin, shop, http, clock):
    configs = {each.id: each for each in (connection(shop.scope), connection(shop.scope))}

    async def connection_of(connection_id):
        return configs[connection_id]

    async with receiving("hang up") as bad, receiving() as good:
        for config, receiver in zip(configs.values(), (bad, good), strict=True):
            await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock)
        assert await post_due_callbacks(worker_begin, http, connection_of, now=clock.now()) == 6
    assert len(good.posts) == 1
    assert len(bad.posts) == 1


async def test_the_loop_posts_what_comes_and_survives_its_store(worker_begin, config, known, http, postgres):
    clock = SystemClock()
    async with receiving() as receiver, asyncio.timeout(15), asyncio.TaskGroup() as tasks:
        loop = tasks.create_task(run_callbacks(worker_begin, http, known, clock))
        pace = Pace(timedelta(milliseconds=50), A_SECOND)
        await arrive(worker_begin, config, receiver.url, "delivered@sandbox.test", clock=clock, pace=pace)
        await receiver.heard(3)
        postgres.stop()
        try:
            await asyncio.sleep(0.3)
        finally:
            postgres.start()
        await arrive(worker_begin, config, receiver.url, "bounce@sandbox.test", clock=clock, pace=pace)
        await receiver.heard(6)
        loop.cancel()
    assert receiver.words() == ["accepted", "sent", "delivered", "accepted", "sent", "hard_bounce"]
    assert len({post.headers["webhook-id"] for post in receiver.posts}) == len(receiver.posts)


async def test_the_loop_survives_a_connection_that_cannot_be_read(worker_begin, config, http):
    clock, asked = SystemClock(), asyncio.Event()

    async def connection_of(connection_id):
        asked.set()
        raise OSError

    async with asyncio.timeout(15), asyncio.TaskGroup() as tasks:
        loop = tasks.create_task(run_callbacks(worker_begin, http, connection_of, clock))
        await arrive(worker_begin, config, "http://127.0.0.1:9/", "delivered@sandbox.test", clock=clock)
        await asked.wait()
        await asyncio.sleep(0.2)
        assert not loop.done()
        loop.cancel()
