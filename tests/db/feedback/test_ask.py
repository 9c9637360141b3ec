"""A completed order's customer is asked how it was, so long afterwards as the shop's policy says."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.feedback.counter import Rated
from tests.db.shipments.parcels import Desk
from tests.fixtures.facts import facts, messages
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.rules import rule
from tests.fixtures.shop import Shop
from tidings.documents.complete import complete_order
from tidings.feedback.ask import ask_feedback
from tidings.kit.db import Begin
from tidings.orders.close import CloseOrder
from tidings.outbox.fetch import Fetching, LeaseLost, fetch_errands

DAY = timedelta(days=1)


class Asking(Desk):
    """A desk whose customers are asked."""

    async def completed(self) -> UUID:
        order_id = await self.order()
        await self.told(await self.send(order_id), "delivered")
        async with self.begin(self.shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "staff/anna"), now=self.clock.now())
        return order_id

    async def turn(self) -> int:
        """Whatever errands to ask are due; says how many there were."""
        fetched = [
            one for one in await fetch_errands(self.begin, self.clock.now(), Fetching()) if one.kind == "ask_feedback"
        ]
        for one in fetched:
            await ask_feedback(one, begin=self.begin, clock=self.clock)
        return len(fetched)

    async def asked(self, order_id: UUID) -> int:
        told = [milestone for milestone, _ in await messages(self.begin, self.shop, order_id)]
        return told.count("feedback_request")


@pytest.fixture
async def asking(begin: Begin, shop: Shop, clock: FixedClock) -> Asking:
    await rule(begin, shop, feedback={"ask_after_days": 5})
    return Asking(begin, shop, clock)


async def test_when_its_time_has_come_and_once(asking: Asking) -> None:
    order_id = await asking.completed()
    asking.clock.advance(5 * DAY - timedelta(seconds=1))
    assert (await asking.turn(), await asking.asked(order_id)) == (0, 0)
    asking.clock.advance(timedelta(seconds=1))
    assert (await asking.turn(), await asking.asked(order_id)) == (1, 1)
    asking.clock.advance(30 * DAY)
    assert (await asking.turn(), await asking.asked(order_id)) == (0, 1)
    *_, fact = await facts(asking.begin, asking.shop, order_id)
    assert (fact["kind"], fact["actor"]) == ("feedback.requested", "system")


async def test_who_has_said_it_already_is_not_asked(asking: Asking, mailroom: Mailroom) -> None:
    order_id = await asking.completed()
    message = (await mailroom.fetch("SELECT id FROM messages WHERE order_id = $1 ORDER BY id LIMIT 1", order_id))[0]
    assert await Rated(mailroom).give(message["id"], 5)
    asking.clock.advance(5 * DAY)
    assert (await asking.turn(), await asking.asked(order_id)) == (1, 0)


async def test_the_policy_as_it_is_then_counts(asking: Asking) -> None:
    order_id = await asking.completed()
    await rule(asking.begin, asking.shop, feedback={"ask_after_days": 8})
    asking.clock.advance(5 * DAY)
    assert (await asking.turn(), await asking.asked(order_id)) == (1, 0)
    asking.clock.advance(3 * DAY)
    assert (await asking.turn(), await asking.asked(order_id)) == (1, 1)
    other = await asking.completed()
    await rule(asking.begin, asking.shop)
    asking.clock.advance(8 * DAY)
    assert (await asking.turn(), await asking.asked(other)) == (1, 0)
    assert await asking.turn() == 0


async def test_a_shop_that_does_not_ask_leaves_no_errand(asking: Asking) -> None:
    await rule(asking.begin, asking.shop)
    order_id = await asking.completed()
    asking.clock.advance(400 * DAY)
    assert (await asking.turn(), await asking.asked(order_id)) == (0, 0)


async def test_whoever_has_lost_the_lease_asks_nobody(asking: Asking) -> None:
    order_id = await asking.completed()
    asking.clock.advance(5 * DAY)
    (one,) = [each for each in await fetch_errands(asking.begin, asking.clock.now(), Fetching()) if
              each.kind == "ask_feedback"]  # fmt: skip
    async with asking.begin.across() as tx:
        await tx.raw.execute("UPDATE errands SET lease_token = gen_random_uuid()")
    with pytest.raises(LeaseLost):
        await ask_feedback(one, begin=asking.begin, clock=asking.clock)
    assert await asking.asked(order_id) == 0
