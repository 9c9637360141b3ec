"""How much is claimed, and what does not hold it up."""

import asyncio
from dataclasses import replace
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.calls import rows
from tests.fixtures.drained import count, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.delivery.claim import Claimed
from tidings.delivery.ports import Accepted, Outcome, Outgoing, Permanent
from tidings.delivery.start import Pinned
from tidings.kit.db import Begin
from tidings.kit.ids import wire


async def hangs(_: Outgoing) -> Outcome:
    await asyncio.sleep(30)
    return Accepted()


async def until(sender: FakeSender, sent: int) -> None:
    await eventually(lambda: len(sender.sent) >= sent)


async def until_there_is(begin: Begin, sql: str) -> None:
    async with asyncio.timeout(15):
        while not await rows(begin, sql):
            await asyncio.sleep(0.02)


async def leased(begin: Begin, shop: Shop) -> int:
    row = await one(begin, f"SELECT count(*) FROM outbox WHERE lease_token IS NOT NULL AND storefront_id = '{shop.id}'")
    return int(row["count"])


async def test_a_hanging_connection_gets_no_more_than_it_carries_and_leaves_others_their_places(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.limit = 2
    exchange.connect(shop, "email", FakeSender([hangs] * 20))
    well = exchange.connect(other_shop, "email")
    for _ in range(20):
        await place(begin, shop, clock.now())
        await place(begin, other_shop, clock.now())
    async with exchange.running(grace_seconds=0):
        await until(well, 20)
        assert await leased(begin, shop) == 2, "what is under way, and nobody waits for it"
    assert len({outgoing.message_id for outgoing in well.sent}) == 20


async def test_a_slow_render_does_not_stop_other_claims(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    render, done = exchange.render, asyncio.Event()

    async def slowly(claimed: Claimed, banner: str | None) -> Pinned:
        if claimed.storefront_id == shop.id:
            await done.wait()
        return await render(claimed, banner)

    exchange.render = slowly  # type: ignore[method-assign]
    slow, quick = exchange.connect(shop, "email"), exchange.connect(other_shop, "email")
    await place(begin, shop, clock.now())
    async with exchange.running() as wake:
        await asyncio.sleep(0.1)
        await place(begin, other_shop, clock.now())
        wake.set()
        await until(quick, 1)
        assert slow.sent == []
        done.set()
        await until(slow, 1)


async def test_a_start_that_waits_for_a_lock_does_not_stop_other_claims(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    slow, quick = exchange.connect(shop, "email"), exchange.connect(other_shop, "email")
    await place(begin, shop, clock.now())
    async with exchange.running() as wake:
        async with begin.across() as tx:
            await tx.raw.execute("SELECT FROM messages WHERE storefront_id = $1 FOR UPDATE", shop.id)
            await asyncio.sleep(0.1)
            await place(begin, other_shop, clock.now())
            wake.set()
            await until(quick, 1)
            assert slow.sent == []
        await until(slow, 1)


async def test_more_is_claimed_as_places_come_free_without_waiting_for_the_sweep(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.limit = 1
    sender = exchange.connect(shop, "email")
    for _ in range(12):
        await place(begin, shop, clock.now())
    async with exchange.running(sweep_seconds=30):
        await until(sender, 12)


async def test_the_next_channel_is_tried_without_waiting_for_the_sweep(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Permanent("no")]))
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now(), order_body())
    async with exchange.running(sweep_seconds=30):
        await until(sms, 1)


async def test_what_waits_too_long_for_its_line_is_given_back_and_suspected_of_nothing(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    go_on = asyncio.Event()

    async def slow(_: Outgoing) -> Outcome:
        await go_on.wait()
        return Accepted()

    exchange.limit = 1
    sender = exchange.connect(shop, "email", FakeSender([Accepted(), slow]))
    for _ in range(4):
        await place(begin, shop, clock.now())
    # A provider has five seconds: with half a second more, whoever waits longer than that could lose its lease.
    async with exchange.running(lease_seconds=5.5):
        await until(sender, 2)
        # The one that is under way, and the one that waits for its line.
        await until_there_is(begin, "SELECT FROM outbox HAVING count(lease_token) = 2")
        first = await one(begin, "SELECT max(due_at) AS at FROM outbox")
        await until_there_is(begin, f"SELECT FROM outbox WHERE due_at > '{first['at']}'")
        assert (await one(begin, "SELECT max(lost_leases) AS lost FROM outbox"))["lost"] == 0
        go_on.set()
        await until(sender, 4)
    assert await count(begin, "attempts") == 4


async def test_a_message_that_the_database_refuses_holds_up_nobody_of_its_batch(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    render = exchange.render

    async def poisoned(claimed: Claimed, banner: str | None) -> Pinned:
        pinned = await render(claimed, banner)
        bad = replace(pinned.content, text="\x00")
        return replace(pinned, content=bad) if len(exchange.rendered) == 2 else pinned

    exchange.render = poisoned  # type: ignore[method-assign]
    sender = exchange.connect(shop, "email")
    for _ in range(4):
        await place(begin, shop, clock.now())
    await exchange.run()
    assert len(sender.sent) == 3
    left = await one(begin, "SELECT lease_token IS NOT NULL AS held FROM outbox")
    assert left["held"], "its lease runs out"


# Whoever held it died, and whoever held it next, so long ago.
SUSPECT = """
UPDATE outbox SET lost_leases = $2, lease_token = gen_random_uuid(), due_at = now() - interval '2 minutes'
WHERE order_id = $1
"""


async def suspected(begin: Begin, shop: Shop, clock: FixedClock, lost_leases: int) -> UUID:
    order_id = (await place(begin, shop, clock.now())).order_id
    async with begin.across() as tx:
        await tx.raw.execute(SUSPECT, order_id, lost_leases)
    return order_id


async def test_poison_is_parked_and_told_of_however_busy_its_worker_is(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([hangs]))
    await place(begin, shop, clock.now())
    async with exchange.running(grace_seconds=0):
        await until(sender, 1)
        await suspected(begin, shop, clock, 2)
        await until_there_is(begin, "SELECT FROM tasks")
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_parked"
    assert (await one(begin, "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"))["count"] == 1


async def test_what_has_long_waited_to_be_claimed_alone_is_while_there_is_always_something_else(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    beside: dict[str, int] = {}
    in_hand = 0

    async def slow(outgoing: Outgoing) -> Outcome:
        nonlocal in_hand
        beside[outgoing.order_id] = in_hand
        in_hand += 1
        await asyncio.sleep(0.1)
        in_hand -= 1
        return Accepted()

    exchange.limit = 3
    sender = exchange.connect(shop, "email", FakeSender([slow] * 200))
    for _ in range(100):
        await place(begin, shop, clock.now())
    suspects = [wire("ord", await suspected(begin, shop, clock, 1)) for _ in range(2)]
    async with exchange.running(grace_seconds=0):
        await eventually(lambda: beside.keys() >= set(suspects))
        assert len(sender.sent) < 60
        assert [beside[suspect] for suspect in suspects] == [0, 0]
        await until(sender, len(sender.sent) + 5)
