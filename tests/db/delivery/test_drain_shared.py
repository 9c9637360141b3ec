"""Drains beside drains: leases, poison, fairness; and whom a deployment may write to."""

import asyncio

from tests.clock import FixedClock
from tests.fixtures.drained import count, make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.delivery.guard import Guard
from tidings.delivery.ports import (
    Accepted,
    Outcome,
    Outgoing,
    Permanent,
)
from tidings.kit.db import Begin


async def hangs(_: Outgoing) -> Outcome:
    await asyncio.sleep(30)
    return Accepted()


async def killed_in_the_middle_of_sending(exchange: Exchange, sender: FakeSender) -> None:
    before = len(sender.sent)
    async with asyncio.TaskGroup() as group:
        drain = group.create_task(exchange.drain(lease_seconds=20).run(asyncio.Event(), asyncio.Event()))
        await eventually(lambda: len(sender.sent) > before)
        drain.cancel()


async def test_a_worker_that_lost_its_lease_does_not_send(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    """Two drains on one row: the lease token is checked again when the attempt is written."""
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    render = exchange.render

    async def slow_render(claimed, banner):  # type: ignore[no-untyped-def]
        async with begin.across() as tx:
            await tx.raw.execute("UPDATE outbox SET lease_token = gen_random_uuid()")
        return await render(claimed, banner)

    exchange.render = slow_render  # type: ignore[method-assign]
    await exchange.run()
    assert sender.sent == []
    assert await count(begin, "attempts") == 0


async def test_the_answer_to_a_worker_that_lost_its_lease_ends_nobodys_work(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    async def refused_too_late(_: Outgoing) -> Outcome:
        async with begin.across() as tx:
            await tx.raw.execute("UPDATE outbox SET lease_token = gen_random_uuid()")
        return Permanent("no such address")

    exchange.connect(shop, "email", FakeSender([refused_too_late]))
    await place(begin, shop, clock.now(), order_body(customer={"phone": None}))
    await exchange.run()
    assert (await one(begin, "SELECT status FROM attempts"))["status"] == "failed"
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sending"
    assert await count(begin, "outbox") == 1


async def test_an_attempt_whose_worker_died_is_uncertain_once_the_next_one_begins(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([hangs]))
    await place(begin, shop, clock.now())
    await killed_in_the_middle_of_sending(exchange, sender)
    await make_due(begin)
    await exchange.run()
    async with begin.across() as tx:
        attempts = await tx.raw.fetch("SELECT status, outcome FROM attempts ORDER BY number")
    assert [tuple(row) for row in attempts] == [("uncertain", "uncertain"), ("accepted", "accepted")]


async def test_two_drains_share_the_work_and_send_each_message_once(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    for _ in range(30):
        await place(begin, shop, clock.now())
    await asyncio.gather(exchange.run(owner="w-1"), exchange.run(owner="w-2"))
    assert len(sender.sent) == 30
    assert len({outgoing.message_id for outgoing in sender.sent}) == 30


async def test_a_row_that_killed_two_workers_is_claimed_alone_and_then_parked(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([hangs] * 5))
    await place(begin, shop, clock.now())
    for _ in range(3):
        await killed_in_the_middle_of_sending(exchange, sender)
        await make_due(begin)
        assert (await one(begin, "SELECT parked_at FROM outbox"))["parked_at"] is None
    await exchange.run()
    row = await one(begin, "SELECT * FROM outbox")
    assert row["parked_at"] is not None
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_parked"
    assert len(sender.sent) == 3


async def test_the_allow_list_stops_everybody_else(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.guard = Guard(allow=("@shop.example",))
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert sender.sent == []
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "suppressed"
    assert await count(begin, "tasks") == 0


async def test_the_redirect_says_whom_it_was_meant_for(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.guard = Guard(redirect_email="staging@shop.example")
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert sender.sent[0].to == "staging@shop.example"
    assert "delivered@sandbox.test" in sender.sent[0].content.text


async def test_an_import_of_one_shop_does_not_hold_up_anothers_confirmation(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    over = asyncio.Event()

    async def slow(_: Outgoing) -> Outcome:
        await over.wait()
        return Accepted()

    exchange.limit = 2
    imported = exchange.connect(shop, "email", FakeSender([slow] * 50))
    quick = exchange.connect(other_shop, "email")
    for _ in range(20):
        await place(begin, shop, clock.now())
    await place(begin, other_shop, clock.now())
    async with exchange.running():
        await eventually(lambda: quick.sent)
        assert len(imported.sent) <= exchange.limit
        over.set()
    assert len(quick.sent) == 1
