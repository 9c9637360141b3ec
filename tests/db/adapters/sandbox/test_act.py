"""What the person at the inbox does becomes a callback."""

from datetime import timedelta

import pytest

from tests.db.adapters.sandbox.play import connection, outgoing, receiving
from tidings.adapters.http import Http
from tidings.adapters.sandbox.act import repeat_last, reply, report
from tidings.adapters.sandbox.callbacks import post_due_callbacks
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.queries import Filter, letters
from tidings.adapters.sandbox.take import Arrival, take

PACE = Pace(timedelta(), timedelta())


@pytest.fixture
def config(shop):
    return connection(shop.scope, "sms")


@pytest.fixture
async def receiver():
    async with receiving() as made:
        yield made


@pytest.fixture
def post(worker_begin, config, clock):
    async def connection_of(_):
        return config

    async def post():
        async with Http() as http:
            return await post_due_callbacks(worker_begin, http, connection_of, now=clock.now())

    return post


@pytest.fixture
async def letter(worker_begin, config, clock, receiver):
    message = outgoing(clock, "+15005550101", callback_url=receiver.url)
    async with worker_begin.across() as tx:
        await take(tx, Arrival(message, config), now=clock.now(), pace=PACE)
    return await fresh(worker_begin)


async def fresh(begin):
    async with begin.reading(None) as tx:
        [letter] = await letters(tx, Filter(), 2)
    return letter


@pytest.mark.parametrize(("text", "kind"), [("STOP", "opt_out"), ("start", "opt_in"), ("When will it come?", "reply")])
async def test_a_reply_is_posted_with_the_customers_address(begin, letter, post, receiver, text, kind):
    await post()
    async with begin.across() as tx:
        await reply(tx, letter, text, now=letter.message.received_at)
    await post()
    event = receiver.events()[-1]
    assert (event.kind, event.address, event.text) == (kind, "+15005550101", text)


async def test_a_bounce_by_hand_comes_after_what_was_told(begin, letter, post, receiver, clock):
    await post()
    async with begin.across() as tx:
        await report(tx, letter, "hard_bounce", now=clock.advance(timedelta(seconds=1)))
    await post()
    assert receiver.words() == ["accepted", "sent", "delivered", "hard_bounce"]
    assert receiver.events()[-1].status == "bounced"


async def test_the_last_callback_again_is_the_same_to_the_letter(begin, letter, post, receiver, clock):
    await post()
    async with begin.across() as tx:
        assert await repeat_last(tx, await fresh(begin), now=clock.advance(timedelta(minutes=1)))
    assert await post() == 1
    *_, told, again = receiver.events()
    assert again == told
    assert told.provider_status == "delivered"


async def test_before_the_first_callback_there_is_nothing_to_repeat(begin, letter, clock):
    async with begin.across() as tx:
        assert not await repeat_last(tx, letter, now=clock.now())
