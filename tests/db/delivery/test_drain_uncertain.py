"""What the drain does when it cannot know whether a message was sent."""

from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.drained import make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.guard import Guard
from tidings.delivery.ports import Accepted, Found, NotThere, Outgoing, Uncertain
from tidings.kit.db import Begin


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


class Searched(FakeSender):
    """Can be asked by the address alone, as those who keep no ids of ours."""

    async def find(self, outgoing: Outgoing) -> Found:
        sent = [each for each in self.sent if each.to == outgoing.to]
        return Accepted("found") if sent else NotThere()


async def test_what_was_redirected_is_asked_for_where_it_went(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.guard = Guard(redirect_email="staging@shop.example")
    sender = exchange.connect(shop, "email", Searched([Uncertain("timed out")], can_be_asked=True))
    await place(begin, shop, clock.now())
    await exchange.run()
    await make_due(begin)
    await exchange.run()
    assert len(sender.sent) == 1
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"
