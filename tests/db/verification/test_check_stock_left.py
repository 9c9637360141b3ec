"""The ledger and orders that have left, or were changed on their way."""

import pytest

from tests.db.verification.store import Store, line
from tests.fixtures.facts import told
from tidings.verification.decide import DecideCheck, decide_check


@pytest.mark.parametrize("status", ["processing", "partially_delivered", "shipped", "delivered", "completed"])
async def test_what_a_change_took_out_is_free_again_wherever_the_order_is_by_then(status: str, store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order(line("TEA", 3))
    await store.work()
    await told(store.begin, "UPDATE orders SET status = $1 RETURNING id", status)
    await store.relined(order_id, line("TEA", 2))
    await store.errand("check_stock", order_id)
    await store.work()
    assert await store.promised(order_id) == {"TEA": (2, 0, "held")}
    assert await store.stock() == {"TEA": (5, 2)}


async def test_what_lacked_and_was_taken_out_holds_an_order_no_more_that_has_left(store: Store) -> None:
    await store.has(TEA=3)
    order_id = await store.order(line("TEA", 2))
    await store.work()
    await told(store.begin, "UPDATE orders SET status = 'processing' RETURNING id")
    await store.relined(order_id, line("TEA", 5))
    await store.errand("check_stock", order_id)
    await store.work()
    assert await store.issues(order_id) == [("out_of_stock", "stock", "open")]
    await store.relined(order_id, line("TEA", 1))
    await told(store.begin, "UPDATE orders SET status = 'shipped' RETURNING id")
    await store.errand("check_stock", order_id)
    await store.work()
    assert (await store.issues(order_id), (await store.checks(order_id))[3]) == (
        [("out_of_stock", "stock", "resolved")], False,
    )  # fmt: skip


async def test_of_what_has_left_nothing_is_reserved_afterwards(store: Store) -> None:
    order_id = await store.order(line("TEA", 2))
    async with store.begin(store.shop.scope) as tx:
        command = DecideCheck(order_id, "stock", "passed", "in the drawer", "staff/7")
        await decide_check(tx, command, now=store.clock.now())
    await told(store.begin, "UPDATE orders SET status = 'shipped' RETURNING id")
    await store.has(TEA=5)
    await store.work()
    assert (await store.stock(), await store.waiting()) == ({"TEA": (5, 0)}, [])
