import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import tasks
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.chores import check_cause, completion_cause, drop_all_chores
from tidings.orders.load import order_for_update
from tidings.tasks.open import Opening, open_tasks


async def test_the_task_of_an_incomplete_order_is_found_by_its_cause(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        cause = completion_cause(tx, order)
        (key,) = await tx.raw.fetch("SELECT dedupe_key FROM tasks WHERE order_id = $1", order_id)
    assert key["dedupe_key"] == f"{cause.kind}:{cause.about}"


@pytest.mark.parametrize(("payment", "left"), [("failed", "dropped"), ("pending", "open")])
async def test_what_nobody_verifies_is_one_cause_for_each_check_and_money_is_looked_for_to_the_end(
    payment: str, left: str, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, payment_check=payment)
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        causes = [check_cause(tx, order, check) for check in ("payment", "stock")]
        openings = [Opening(shop.id, "test", order_id, c.kind, c.about, clock.now()) for c in causes]
        await open_tasks(tx, *openings, *openings)
        await drop_all_chores(tx, order, why="test", now=clock.now())
    assert await tasks(begin, shop, order_id) == [("verify_by_hand", left), ("verify_by_hand", "dropped")]


async def test_all_that_is_asked_about_an_order_is_taken_back(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    async with begin(shop.scope) as tx:
        await drop_all_chores(tx, await order_for_update(tx, order_id), why="test", now=clock.now())
    assert await tasks(begin, shop, order_id) == [("complete_order", "dropped")]
