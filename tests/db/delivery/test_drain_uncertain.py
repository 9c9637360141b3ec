"""What the drain does when it cannot know whether a message was sent."""

from datetime import timedelta

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.ports import (
    Uncertain,
)
from tidings.kit.db import Begin


@pytest.fixture
def exchange(worker_begin: Begin, clock: FixedClock) -> Exchange:
    return Exchange(worker_begin, clock)


async def one(begin: Begin, sql: str) -> asyncpg.Record:
    async with begin.across() as tx:
        row = await tx.raw.fetchrow(sql)
    assert row is not None, sql
    return row


async def count(begin: Begin, table: str) -> int:
    number: int = (await one(begin, f"SELECT count(*) FROM {table}"))[0]
    return number


async def make_due(begin: Begin) -> None:
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET due_at = now() WHERE parked_at IS NULL")


async def test_an_uncertain_attempt_is_asked_about_before_anything_is_sent_again(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([Uncertain("timed out")], can_be_asked=True))
    await place(begin, shop, clock.now())
    await exchange.run()
    assert (await one(begin, "SELECT status FROM attempts"))["status"] == "uncertain"
    sender.knows.add(sender.sent[0].attempt_id)
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 1
    assert sender.asked == [sender.sent[0].attempt_id]
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"


async def test_what_the_provider_does_not_know_is_sent_again(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([Uncertain("timed out")], can_be_asked=True))
    await place(begin, shop, clock.now())
    await exchange.run()
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 2
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"


async def test_an_uncertain_sms_waits_for_its_callback_and_then_goes_once_more_only(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "sms", FakeSender([Uncertain("timed out")] * 5))
    await place(begin, shop, clock.now(), order_body(customer={"preferred_channel": "sms", "email": None}))
    await exchange.run()
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 1, "the callback is waited for"
    clock.advance(timedelta(minutes=3))
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 2
    clock.advance(timedelta(minutes=3))
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 2
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_dead"
