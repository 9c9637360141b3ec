"""The drain on a real database, over fake senders."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.guard import Guard
from tidings.delivery.ports import (
    Accepted,
    Misconfigured,
    Outcome,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)
from tidings.kit.db import Begin
from tidings.templates.errors import Unrenderable


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


async def test_a_placed_order_is_confirmed_once(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert [outgoing.to for outgoing in sender.sent] == ["delivered@sandbox.test"]
    message = await one(begin, "SELECT * FROM messages")
    attempt = await one(begin, "SELECT * FROM attempts")
    assert (message["status"], attempt["status"], attempt["outcome"]) == ("sent", "accepted", "accepted")
    assert attempt["provider_message_id"] == f"p-att_{attempt['id'].hex}"
    assert await count(begin, "outbox") == 0
    deadline = await one(begin, "SELECT * FROM deadlines")
    assert deadline["met_at"] is not None
    assert deadline["met_by"] == f"msg_{message['id'].hex}"
    assert sender.closed


async def test_a_transient_refusal_is_tried_again_with_the_same_content(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email", FakeSender([Transient("later", "451", timedelta(seconds=30))]))
    await place(begin, shop, clock.now())
    await exchange.run()
    message = await one(begin, "SELECT * FROM messages")
    assert (message["status"], message["tries"]) == ("sending", 1)
    await make_due(begin)
    await exchange.run()
    assert [outgoing.content.text for outgoing in sender.sent] == ["order_confirmation no. 1"] * 2
    assert len(exchange.rendered) == 1
    assert len({outgoing.attempt_id for outgoing in sender.sent}) == 2
    assert len({outgoing.message_id for outgoing in sender.sent}) == 1
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"


async def test_after_three_transient_refusals_the_next_connection_is_tried(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    down = exchange.connect(shop, "email", FakeSender([Transient("down")] * 9))
    spare = exchange.connect(shop, "email", name="spare")
    await place(begin, shop, clock.now())
    for _ in range(4):
        await exchange.run(0.15)
        await make_due(begin)
    assert (len(down.sent), len(spare.sent)) == (3, 1)


async def test_a_permanent_refusal_falls_back_to_the_next_channel_and_suppresses_the_address(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Permanent("no such mailbox", "5.1.1", suppress="hard_bounce")]))
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now())
    await exchange.run(0.5)
    assert [outgoing.to for outgoing in sms.sent] == ["+15005550101"]
    message = await one(begin, "SELECT * FROM messages")
    assert (message["status"], message["channel"], message["step"]) == ("sent", "sms", 1)
    suppression = await one(begin, "SELECT * FROM suppressions")
    assert (suppression["address"], suppression["reason"]) == ("delivered@sandbox.test", "hard_bounce")


async def test_a_suppressed_address_is_passed_over(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    email = exchange.connect(shop, "email", FakeSender([Permanent("gone", suppress="hard_bounce")]))
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now())
    await place(begin, shop, clock.now())
    await exchange.run(0.3)
    await place(begin, shop, clock.now())
    await exchange.run(0.3)
    assert len(sms.sent) >= 2
    assert len(email.sent) <= 2


async def test_without_any_way_left_the_message_is_dead_and_a_task_is_open(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Permanent("refused")]))
    await place(begin, shop, clock.now(), order_body(customer={"phone": None}))
    await exchange.run()
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "failed"
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_dead"
    assert await count(begin, "outbox") == 0


async def test_a_message_without_a_connection_waits_and_goes_when_one_is_added(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await place(begin, shop, clock.now())
    await exchange.run()
    message = await one(begin, "SELECT * FROM messages")
    assert (message["status"], message["attempts"]) == ("pending", 0)
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "no_connection"
    sender = exchange.connect(shop, "email")
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 1


async def test_a_message_whose_first_channel_has_no_connection_takes_the_next(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert len(sms.sent) == 1


async def test_a_misconfigured_connection_is_halted_and_the_next_one_used(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    broken = exchange.connect(shop, "email", FakeSender([Misconfigured("bad key", "401")]))
    spare = exchange.connect(shop, "email", name="spare")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert (len(broken.sent), len(spare.sent)) == (1, 1)
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "connection_halted"


async def test_throttling_costs_the_message_no_try(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Throttled("slow down", retry_after=timedelta(seconds=30))]))
    await place(begin, shop, clock.now())
    await exchange.run()
    message = await one(begin, "SELECT tries, status FROM messages")
    assert (message["tries"], message["status"]) == (0, "sending")
    waits = await one(begin, "SELECT extract(epoch FROM due_at - now()) AS seconds FROM outbox")
    assert 28 < waits["seconds"] <= 30


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


async def test_stale_news_is_not_sent(begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange) -> None:
    sender = exchange.connect(shop, "email")
    await place(begin, shop, clock.now())
    clock.advance(timedelta(hours=73))
    await exchange.run()
    assert sender.sent == []
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "failed"


async def test_a_message_that_cannot_be_rendered_is_a_task(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    exchange.render_error = Unrenderable("undefined name", "email.mjml:3")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert sender.sent == []
    assert (await one(begin, "SELECT kind FROM tasks"))["kind"] == "message_unrenderable"


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


async def test_two_drains_share_the_work_and_send_each_message_once(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    for _ in range(30):
        await place(begin, shop, clock.now())
    await asyncio.gather(exchange.run(0.6, owner="w-1"), exchange.run(0.6, owner="w-2"))
    assert len(sender.sent) == 30
    assert len({outgoing.message_id for outgoing in sender.sent}) == 30


async def test_a_row_that_killed_two_workers_is_claimed_alone_and_then_parked(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    async def dies(_: Outgoing) -> Outcome:
        await asyncio.sleep(30)
        return Accepted()

    sender = exchange.connect(shop, "email", FakeSender([dies] * 5))
    await place(begin, shop, clock.now())
    for round_ in range(4):
        with pytest.raises((asyncio.CancelledError, TimeoutError)):
            async with asyncio.timeout(0.3):
                await exchange.drain(lease_seconds=20).run(asyncio.Event(), asyncio.Event())
        await make_due(begin)
        row = await one(begin, "SELECT lost_leases, parked_at FROM outbox")
        assert row["parked_at"] is None or round_ == 3
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
    async def slow(_: Outgoing) -> Outcome:
        await asyncio.sleep(0.4)
        return Accepted()

    exchange.limit = 2
    exchange.connect(shop, "email", FakeSender([slow] * 50))
    quick = exchange.connect(other_shop, "email")
    for _ in range(20):
        await place(begin, shop, clock.now())
    await place(begin, other_shop, clock.now())
    await exchange.run(0.3)
    assert len(quick.sent) == 1
