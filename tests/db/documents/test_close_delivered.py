"""A delivered order is closed so long after its last parcel as the shop's policy says."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.shipments.parcels import Desk
from tests.fixtures.errands import left
from tests.fixtures.facts import facts
from tests.fixtures.shop import Shop
from tidings.documents.close_delivered import close_delivered
from tidings.kit.db import Begin
from tidings.outbox.fetch import Fetching, LeaseLost, fetch_errands

DAY = timedelta(days=1)


class Closing(Desk):
    """A desk whose orders are closed a week after their last parcel."""

    async def rule(self, days: int | None) -> None:
        policy = "{}" if days is None else f'{{"completes_after_days": {days}}}'
        async with self.begin.across() as tx:
            await tx.raw.execute("UPDATE storefronts SET policy = $1::text::jsonb", policy)

    async def turn(self) -> int:
        """Whatever errands to close orders are due; says how many there were."""
        fetched = [
            one for one in await fetch_errands(self.begin, self.clock.now(), Fetching()) if one.kind == "close_order"
        ]
        for one in fetched:
            await close_delivered(one, begin=self.begin, clock=self.clock)
        return len(fetched)

    async def left(self) -> list[str]:
        return [row["subject"] for row in await left(self.begin) if row["kind"] == "close_order"]


@pytest.fixture
async def closing(begin: Begin, shop: Shop, clock: FixedClock) -> Closing:
    desk = Closing(begin, shop, clock)
    await desk.rule(7)
    return desk


async def test_it_is_closed_when_its_time_has_come(closing: Closing) -> None:
    order_id = await closing.order()
    await closing.told(await closing.send(order_id), "delivered")
    closing.clock.advance(7 * DAY - timedelta(seconds=1))
    assert await closing.turn() == 0
    closing.clock.advance(timedelta(seconds=1))
    assert await closing.turn() == 1
    assert (await closing.status(order_id), await closing.left()) == ("completed", [])
    *_, fact = await facts(closing.begin, closing.shop, order_id)
    assert (fact["kind"], fact["actor"]) == ("order.closed", "system")


async def test_the_last_parcel_counts(closing: Closing) -> None:
    order_id = await closing.order()
    first, second = await closing.send(order_id, (1, 3)), await closing.send(order_id)
    await closing.told(first, "delivered")
    closing.clock.advance(3 * DAY)
    await closing.told(second, "delivered")
    closing.clock.advance(4 * DAY)
    assert await closing.turn() == 1
    assert (await closing.status(order_id), await closing.left()) == ("delivered", [second.id])
    closing.clock.advance(3 * DAY)
    await closing.turn()
    assert await closing.status(order_id) == "completed"


async def test_an_order_that_waits_for_another_parcel_is_not_closed(closing: Closing) -> None:
    order_id = await closing.order()
    await closing.told(await closing.send(order_id, (1, 3)), "delivered")
    closing.clock.advance(7 * DAY)
    await closing.turn()
    assert (await closing.status(order_id), await closing.left()) == ("partially_delivered", [])


async def test_an_order_on_hold_waits_until_it_is_free(closing: Closing) -> None:
    order_id = await closing.order()
    parcel = await closing.send(order_id)
    await closing.told(parcel, "delivered")
    async with closing.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET on_hold = true")
    closing.clock.advance(7 * DAY)
    for _ in range(3):
        assert await closing.turn() == 1
        assert (await closing.status(order_id), await closing.left()) == ("delivered", [parcel.id])
        closing.clock.advance(timedelta(hours=1))
    async with closing.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET on_hold = false")
    await closing.turn()
    assert await closing.status(order_id) == "completed"


async def test_the_policy_as_it_is_by_then_counts(closing: Closing) -> None:
    longer, by_hand = await closing.order(), await closing.order()
    await closing.told(await closing.send(longer), "delivered")
    closing.clock.advance(7 * DAY)
    await closing.rule(10)
    await closing.turn()
    assert await closing.status(longer) == "delivered"
    closing.clock.advance(3 * DAY)
    await closing.turn()
    assert await closing.status(longer) == "completed"
    await closing.told(await closing.send(by_hand), "delivered")
    await closing.rule(None)
    closing.clock.advance(10 * DAY)
    await closing.turn()
    assert (await closing.status(by_hand), await closing.left()) == ("delivered", [])


async def test_what_was_closed_by_hand_is_left_alone(closing: Closing) -> None:
    order_id = await closing.order()
    await closing.told(await closing.send(order_id), "delivered")
    async with closing.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET status = 'completed'")
    closing.clock.advance(7 * DAY)
    await closing.turn()
    assert await closing.left() == []
    assert "order.closed" not in [fact["kind"] for fact in await facts(closing.begin, closing.shop, order_id)]


async def test_whoever_lost_the_errand_closes_nothing(closing: Closing) -> None:
    order_id = await closing.order()
    await closing.told(await closing.send(order_id), "delivered")
    closing.clock.advance(7 * DAY)
    fetched = await fetch_errands(closing.begin, closing.clock.now(), Fetching())
    async with closing.begin.across() as tx:
        await tx.raw.execute("UPDATE errands SET lease_token = gen_random_uuid()")
    for one in fetched:
        if one.kind == "close_order":
            with pytest.raises(LeaseLost):
                await close_delivered(one, begin=closing.begin, clock=closing.clock)
    assert await closing.status(order_id) == "delivered"
