from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, messages, records, tasks, told
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.milestones.follow import follow
from tidings.orders.advance import advance
from tidings.orders.cancel import CancelOrder, cancel_held, cancel_order
from tidings.orders.errors import IllegalMove
from tidings.orders.load import By, order_for_update


async def test_a_cancellation_is_a_fact_with_its_reason(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        order = await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/7"), now=clock.now())
    assert (order.row.status, order.row.version) == ("cancelled", 2)
    *_, fact = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["actor"], fact["order_seq"]) == ("order.cancelled", "staff/7", 2)
    assert fact["snapshot"]["order"]["status"] == "cancelled"
    *_, record = await records(begin, shop, order_id)
    assert (record["kind"], record["words"]) == ("order.cancelled", {"reason": "out of stock"})
    assert fact["snapshot"]["cancellation"] == {"reason": "out of stock", "refund_expected": False}


@pytest.mark.parametrize(("check", "is_expected"), [("passed", True), ("failed", False), ("pending", False)])
async def test_money_goes_back_if_it_came(
    check: str, begin: Begin, shop: Shop, clock: FixedClock, *, is_expected: bool
) -> None:
    order_id = await placed(begin, shop, clock, payment_check=check)
    async with begin(shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/7"), now=clock.now())
    *_, fact = await facts(begin, shop, order_id)
    assert fact["snapshot"]["cancellation"]["refund_expected"] is is_expected


async def test_the_customer_is_told_and_of_nothing_that_is_over(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, payment_check="passed", stock_check="passed")
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        await follow(tx, advance(order, By("staff/7", clock.now())))
        await cancel_held(tx, order, By("staff/7", clock.now()), reason="out of stock")
    owed = await told(begin, "SELECT milestone, status FROM messages WHERE order_id = $1 ORDER BY id", order_id)
    assert [(row["milestone"], row["status"]) for row in owed] == [
        ("order_confirmation", "pending"), ("order_processing", "superseded"), ("order_cancelled", "pending"),
    ]  # fmt: skip


async def test_the_customer_is_not_told_twice(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        by = By("staff/7", clock.now())
        await cancel_held(tx, order, by, reason="asked for", untold=frozenset({"order_cancelled"}))
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == ["order_confirmation"]


async def test_nothing_is_asked_of_anybody_about_a_cancelled_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    assert await tasks(begin, shop, order_id) == [("complete_order", "open")]
    async with begin(shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "never paid", "staff/7"), now=clock.now())
    assert await tasks(begin, shop, order_id) == [("complete_order", "dropped")]


async def clocks(begin: Begin, order_id: UUID) -> list[tuple[str, bool]]:
    async with begin.across() as tx:
        rows = await tx.raw.fetch("SELECT kind, cancelled_at IS NOT NULL FROM deadlines WHERE order_id = $1", order_id)
    return [tuple(row) for row in rows]


async def test_what_was_received_is_confirmed_all_the_same_and_what_never_was_is_not(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    received = await placed(begin, shop, clock)
    incomplete = await placed(begin, shop, clock, order_body(payment=None, number=None))
    for order_id in (received, incomplete):
        async with begin(shop.scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "never paid", "staff/7"), now=clock.now())
    assert await clocks(begin, received) == [("order_confirmation", False)]
    assert await clocks(begin, incomplete) == [("order_confirmation", True)]


async def test_an_order_on_hold_can_be_cancelled(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, on_hold=True)
    async with begin(shop.scope) as tx:
        order = await cancel_order(tx, CancelOrder(order_id, "lost", "staff/7"), now=clock.now())
    assert order.row.status == "cancelled"


async def test_what_has_left_is_not_cancelled(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="shipped")
    with pytest.raises(IllegalMove):
        async with begin(shop.scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "late", "staff/7"), now=clock.now())
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == ["order.placed"]


async def test_anothers_order_is_not_there(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    with pytest.raises(NotFound):
        async with begin(shop.live_scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "x", "staff/7"), now=clock.now())
