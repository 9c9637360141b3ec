"""Finding messages in the inbox."""

from datetime import timedelta

import pytest

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.queries import Filter, letter, letters
from tidings.adapters.sandbox.take import Arrival, take
from tidings.kit.ids import new_id, parse

PACE = Pace(timedelta(seconds=1), timedelta(seconds=9))


@pytest.fixture
async def sent(worker_begin, shop, clock):
    config = connection(shop.scope)
    messages = [
        outgoing(clock, "ada@example.com", order_id="ord_1"),
        outgoing(clock, "+4915112345678", order_id="ord_1"),
        outgoing(clock, "ada%@example.com", order_id="ord_2"),
    ]
    async with worker_begin.across() as tx:
        for message in messages:
            await take(tx, Arrival(message, config), now=clock.advance(timedelta(seconds=1)), pace=PACE)
    return messages


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), ["ada%@example.com", "+4915112345678", "ada@example.com"]),
        (Filter(channel="sms"), ["+4915112345678"]),
        (Filter(channel="fax"), []),
        (Filter(to="ADA@"), ["ada@example.com"]),
        (Filter(to="%"), ["ada%@example.com"]),
        (Filter(order_id="ord_1"), ["+4915112345678", "ada@example.com"]),
        (Filter(order_id="ord_1", channel="email"), ["ada@example.com"]),
    ],
)
async def test_a_filter_finds_what_it_says_newest_first(begin, sent, wanted, expected):
    async with begin.reading(None) as tx:
        assert [each.message.recipient for each in await letters(tx, wanted, 9)] == expected


async def test_no_more_than_the_limit_are_read(begin, sent):
    async with begin.reading(None) as tx:
        assert [each.message.recipient for each in await letters(tx, Filter(), 1)] == ["ada%@example.com"]


async def test_one_message_comes_with_its_own_callbacks(begin, sent):
    async with begin.reading(None) as tx:
        found = await letter(tx, parse("att", sent[1].attempt_id))
        assert await letter(tx, new_id()) is None
    assert found.message.recipient == "+4915112345678"
    assert [callback.word for callback in found.callbacks] == ["accepted", "sent", "delivered"]
