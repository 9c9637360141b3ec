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


async def test_all_that_is_asked_about_an_order_is_taken_back(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        for check in ("payment", "stock"):
            cause = check_cause(tx, order, check)
            await open_tasks(tx, Opening(shop.id, "test", order_id, cause.kind, cause.about, clock.now()))
        await drop_all_chores(tx, order, why="test", now=clock.now())
    found = await tasks(begin, shop, order_id)
    assert sorted(kind for kind, _ in found) == ["check_failed", "check_failed", "complete_order"]
    assert {status for _, status in found} == {"dropped"}
