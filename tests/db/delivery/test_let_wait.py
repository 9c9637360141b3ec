"""A message that waits for something goes when it is let go, and by itself in the end."""

from datetime import timedelta
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.facts import told
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.delivery.let_wait import let_go, let_wait
from tidings.kit.db import Begin


async def waits(begin: Begin, order_id: UUID) -> float:
    (row,) = await told(
        begin, "SELECT extract(epoch FROM due_at - now())::float8 AS s FROM outbox WHERE order_id = $1", order_id
    )
    return float(row["s"])


async def test_a_message_waits_until_it_is_let_go(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = (await place(begin, shop, clock.now())).order_id
    async with begin(shop.scope) as tx:
        await let_wait(tx, order_id, "order_confirmation", most=timedelta(hours=1))
        await let_wait(tx, order_id, "order_completed", most=timedelta(hours=9))
    assert 3500 < await waits(begin, order_id) <= 3600
    async with begin(shop.scope) as tx:
        await let_go(tx, order_id, ("order_completed",))
    assert await waits(begin, order_id) > 3500, "others are let go"
    async with begin(shop.scope) as tx:
        await let_go(tx, order_id, ("order_confirmation",))
    assert await waits(begin, order_id) <= 0


async def test_a_message_in_somebodys_hands_is_left_to_them(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = (await place(begin, shop, clock.now())).order_id
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET lease_token = id, due_at = now() + interval '60 s'")
    async with begin(shop.scope) as tx:
        await let_wait(tx, order_id, "order_confirmation", most=timedelta(hours=1))
        await let_go(tx, order_id, ("order_confirmation",))
    assert 50 < await waits(begin, order_id) <= 60
