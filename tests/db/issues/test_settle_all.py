"""With its order, every issue comes to an end."""

from tests.db.issues.counter import Counter
from tidings.issues.settle_all import settle_all_issues
from tidings.orders.load import order_for_update


async def settled(counter: Counter, order_id) -> int:
    async with counter.begin(counter.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        return await settle_all_issues(tx, order, counter.by, why="the order was cancelled")


async def test_what_is_open_is_settled_without_a_word(counter: Counter) -> None:
    order_id, other = await counter.order(), await counter.order()
    done = await counter.open(order_id)
    await counter.resolve(done.id)
    for _ in range(2):
        await counter.open(order_id)
    await counter.open(other)
    before = await counter.owed(order_id)
    assert await settled(counter, order_id) == 2
    assert [row["status"] for row in await counter.issues()] == ["resolved", "resolved", "resolved", "open"]
    assert await counter.owed(order_id) == before
    assert (await counter.on_hold(order_id), await counter.on_hold(other)) == (False, True)
    assert {status for _, status in await counter.tasks(order_id)} == {"dropped"}
    assert await settled(counter, order_id) == 0


async def test_a_cancelled_order_does_not_go_on(counter: Counter) -> None:
    order_id = await counter.order(status="cancelled", payment_check="passed", stock_check="passed")
    await counter.open(order_id)
    await settled(counter, order_id)
    assert (await counter.look(order_id)).row.status == "cancelled"
