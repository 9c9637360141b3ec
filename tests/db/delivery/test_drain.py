"""The drain on a real database, over fake senders."""

from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.drained import count, make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.ports import (
    Permanent,
    Throttled,
    Transient,
)
from tidings.kit.db import Begin
from tidings.templates.errors import Unrenderable


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
        await exchange.run()
        await make_due(begin)
    assert (len(down.sent), len(spare.sent)) == (3, 1)


async def test_what_one_connection_refuses_for_good_goes_over_the_next(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    strict = exchange.connect(shop, "email", FakeSender([Permanent("our address is on a list", "5.7.1")]))
    spare = exchange.connect(shop, "email", name="spare")
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now())
    await exchange.run()
    assert (len(strict.sent), len(spare.sent), len(sms.sent)) == (1, 1, 0)
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"
    assert await count(begin, "suppressions") == 0


async def test_a_permanent_refusal_falls_back_to_the_next_channel_and_suppresses_the_address(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Permanent("no such mailbox", "5.1.1", suppress="hard_bounce")]))
    sms = exchange.connect(shop, "sms")
    await place(begin, shop, clock.now())
    await exchange.run()
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
    await exchange.run()
    await place(begin, shop, clock.now())
    await exchange.run()
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


async def test_throttling_costs_the_message_no_try(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Throttled("slow down", retry_after=timedelta(seconds=30))]))
    await place(begin, shop, clock.now())
    before = await one(begin, "SELECT now() AS at")
    await exchange.run()
    message = await one(begin, "SELECT tries, status FROM messages")
    assert (message["tries"], message["status"]) == (0, "sending")
    waits = await one(begin, "SELECT due_at - interval '30 s' AS since, now() AS at FROM outbox")
    assert before["at"] < waits["since"] < waits["at"], "from the answer on"


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
