"""What a stop finds in each stage, and what becomes of it."""

import asyncio

from tests.clock import FixedClock
from tests.fixtures.drained import count, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.delivery.claim import Claimed
from tidings.delivery.ports import Accepted, Outcome, Outgoing
from tidings.delivery.start import Pinned
from tidings.kit.db import Begin

# Nobody's, due, and suspected of nothing.
FREE = "SELECT count(*) FROM outbox WHERE lease_token IS NULL AND due_at <= now() AND lost_leases = 0"
# For somebody else's lock.
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def test_what_was_claimed_and_not_started_is_given_back_and_what_had_left_is_settled(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    go_on = asyncio.Event()

    async def slow(_: Outgoing) -> Outcome:
        await go_on.wait()
        return Accepted()

    exchange.limit = 1
    sender = exchange.connect(shop, "email", FakeSender([slow]))
    for _ in range(3):
        await place(begin, shop, clock.now())
    async with exchange.running():
        await eventually(lambda: sender.sent)
        # It has an answer after the stop, however long the test's own turn was in coming.
        asyncio.get_running_loop().call_later(0.2, go_on.set)
    assert (len(sender.sent), await count(begin, "attempts")) == (1, 1)
    assert (await one(begin, "SELECT status FROM attempts"))["status"] == "accepted"
    assert (await one(begin, FREE))["count"] == 2


async def test_what_was_being_rendered_is_given_back(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    render, began, go_on = exchange.render, asyncio.Event(), asyncio.Event()

    async def slowly(claimed: Claimed, banner: str | None) -> Pinned:
        began.set()
        await go_on.wait()
        return await render(claimed, banner)

    exchange.render = slowly  # type: ignore[method-assign]
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    async with asyncio.timeout(15):
        async with exchange.running():
            await began.wait()
            asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert (sender.sent, await count(begin, "attempts")) == ([], 0)
    assert (await one(begin, FREE))["count"] == 1


async def test_what_was_being_started_leaves_and_is_settled(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    locked, go_on = asyncio.Event(), asyncio.Event()

    async def lock() -> None:
        async with begin.across() as tx:
            await tx.raw.execute("SELECT FROM messages FOR UPDATE")
            locked.set()
            await go_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(lock())
        await locked.wait()
        async with exchange.running():
            while not (await one(begin, WAITING))["count"]:
                await asyncio.sleep(0.01)
            asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert len(sender.sent) == 1
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"
    assert await count(begin, "outbox") == 0


async def test_what_hangs_beyond_the_grace_period_is_left_as_uncertain_as_it_is(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    async def hangs(_: Outgoing) -> Outcome:
        await asyncio.sleep(30)
        return Accepted()

    sender = exchange.connect(shop, "email", FakeSender([hangs]))
    await place(begin, shop, clock.now())
    async with asyncio.timeout(15):
        async with exchange.running(grace_seconds=0.1):
            await eventually(lambda: sender.sent)
    assert len(sender.sent) == 1
    assert (await one(begin, "SELECT status FROM attempts"))["status"] == "started"
    assert (await one(begin, "SELECT lease_token IS NOT NULL AS held FROM outbox"))["held"]
