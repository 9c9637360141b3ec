import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, records
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.complete import complete_order
from tidings.orders.errors import IllegalMove
from tidings.orders.load import By, order_for_update


async def test_what_was_told_is_recorded_by_pointer(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        await complete_order(tx, order, By("staff/7", clock.now()), ["/payment/method"])
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == [
        "order.left_incomplete", "order.made_complete",
    ]  # fmt: skip
    changed = [r["data"]["changed"] for r in await records(begin, shop, order_id) if r["kind"] == "order.made_complete"]
    assert changed == [["/payment/method"]]


async def test_a_complete_order_is_not_completed_again(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    with pytest.raises(IllegalMove):
        async with begin(shop.scope) as tx:
            await complete_order(tx, await order_for_update(tx, order_id), By("staff/7", clock.now()), [])
