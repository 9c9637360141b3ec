"""A drain among hanging providers, crowds, old snapshots and clocks that jump: nothing lost, nothing doubled."""

import asyncio
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.drained import count, make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.shop import Shop, open_shop
from tests.fixtures.waiting import eventually
from tidings.delivery.ports import Accepted, Outcome, Outgoing, Transient
from tidings.kit.db import Begin
from tidings.orders.place import place_orders
from tidings.orders.placing import Placing

pytestmark = pytest.mark.timeout(90)

HOUR = timedelta(hours=1)


async def place_many(begin: Begin, shop: Shop, clock: FixedClock, orders: int) -> None:
    rules = await rules_of(begin, shop)
    order = checked(order_body(), rules, clock.now())
    placing = Placing(scope=shop.scope, shop=rules, order=order, actor="tests")
    for first in range(0, orders, 200):
        await place_orders([placing] * min(200, orders - first), begin=begin, now=clock.now())


def all_once(sender: FakeSender, messages: int) -> bool:
    """Each message came, and none came twice."""
    ids = {outgoing.message_id for outgoing in sender.sent}
    return len(sender.sent) == len(ids) == messages


async def test_a_hanging_provider_holds_up_no_other(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    over = asyncio.Event()

    async def hangs(_: Outgoing) -> Outcome:
        await over.wait()
        return Accepted()

    hung = exchange.connect(shop, "email", FakeSender([hangs] * 200))
    await place_many(begin, shop, clock, 200)
    well = {}
    for n in range(3):
        each = await open_shop(begin, clock, f"well-{n}")
        well[each.slug] = exchange.connect(each, "email")
        await place_many(begin, each, clock, 100)
    async with exchange.running() as wake:
        wake.set()
        await eventually(lambda: all(all_once(sender, 100) for sender in well.values()), seconds=60)
        assert 0 < len(hung.sent) <= exchange.limit
        over.set()
        await eventually(lambda: all_once(hung, 200), seconds=60)
    assert await count(begin, "outbox") == 0


async def test_a_hundred_quiet_shops_need_not_wait_until_a_hot_one_is_done(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    over = asyncio.Event()

    async def slowly(_: Outgoing) -> Outcome:
        await asyncio.sleep(0.05)
        # It is not done before the quiet ones are, however busy the machine.
        if len(hot.sent) > 2000 - exchange.limit:
            await over.wait()
        return Accepted()

    hot = exchange.connect(shop, "email", FakeSender([slowly] * 2000))
    await place_many(begin, shop, clock, 2000)
    quiet = []
    for n in range(100):
        each = await open_shop(begin, clock, f"quiet-{n}")
        quiet.append(exchange.connect(each, "email"))
        await place_many(begin, each, clock, 1)
    async with exchange.running() as wake:
        wake.set()
        await eventually(lambda: all(all_once(sender, 1) for sender in quiet), seconds=60)
        over.set()
        await eventually(lambda: all_once(hot, 2000), seconds=60)
    assert await count(begin, "outbox") == 0


async def test_a_reader_with_an_old_snapshot_does_not_stop_the_drain(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    """A report, a dump, a replica: while its snapshot is held no dead row can be taken away."""
    sender = exchange.connect(shop, "email")
    await place_many(begin, shop, clock, 100)
    async with begin.reading(None) as report:
        assert await report.raw.fetchval("SELECT count(*) FROM outbox") == 100
        for done in (600, 1200, 1800):
            await place_many(begin, shop, clock, 500 if done == 600 else 600)
            async with exchange.running() as wake:
                wake.set()
                await eventually(lambda n=done: all_once(sender, n), seconds=60)
        assert await count(worker_begin, "outbox") == 0
        assert await report.raw.fetchval("SELECT count(*) FROM outbox") == 100


async def test_a_clock_that_jumps_loses_and_doubles_nothing(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    """Forward and back in the middle of the work, retries under way: what is due goes by the database's clock."""
    sender = exchange.connect(shop, "email", FakeSender([Transient("greylisted") for _ in range(20)]))
    await place_many(begin, shop, clock, 60)
    for jump in (HOUR, -2 * HOUR, HOUR):
        async with exchange.running() as wake:
            wake.set()
            await asyncio.sleep(0.1)
            clock.advance(jump)
            await place_many(begin, shop, clock, 20)
            await asyncio.sleep(0.1)
        await make_due(begin)
    async with exchange.running() as wake:
        wake.set()
        await eventually(lambda: len(sender.sent) == 140, seconds=60)
    assert len({outgoing.attempt_id for outgoing in sender.sent}) == 140
    assert len({outgoing.message_id for outgoing in sender.sent}) == 120
    assert await count(begin, "outbox") == 0
    assert await count(begin, "messages WHERE status = 'sent'") == 120
    assert await count(begin, "deadlines WHERE met_at IS NULL") == 0


async def test_a_worker_whose_clock_is_ahead_takes_nobodys_lease(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    entered, over = asyncio.Event(), asyncio.Event()

    async def waits(_: Outgoing) -> Outcome:
        entered.set()
        await over.wait()
        return Accepted()

    sender = exchange.connect(shop, "email", FakeSender([waits]))
    await place_many(begin, shop, clock, 1)
    async with exchange.running(owner="w-1"):
        await entered.wait()
        clock.advance(HOUR)
        await exchange.run(owner="w-2")
        clock.advance(-2 * HOUR)
        await exchange.run(owner="w-2")
        assert len(sender.sent) == 1
        over.set()
    assert len(sender.sent) == 1
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"
