"""What an order has become dearer by is collected once, by one task, for as long as it is to be collected."""

import json
from uuid import UUID

from tests.fixtures.facts import told
from tests.fixtures.wishes import ELSEWHERE, Desk
from tidings.tasks.finish import FinishTask, finish_task


def pieces(quantity: int) -> dict[str, object]:
    return {"lines": [{"sku": "TEA-01", "quantity": quantity}]}


async def to_collect(desk: Desk, order_id: UUID) -> list[int]:
    """The amounts of the tasks that are open."""
    rows = await told(
        desk.begin,
        "SELECT data::text AS data FROM tasks WHERE order_id = $1 AND kind = 'collect_payment' AND status = 'open'"
        " ORDER BY id",
        order_id,
    )
    return [json.loads(row["data"])["amount"] for row in rows]


async def collected(desk: Desk, order_id: UUID) -> None:
    """Somebody has collected it."""
    (row,) = await told(
        desk.begin,
        "SELECT id FROM tasks WHERE order_id = $1 AND kind = 'collect_payment' AND status = 'open'",
        order_id,
    )
    async with desk.begin(desk.shop.scope) as tx:
        await finish_task(tx, FinishTask(row["id"], "paid", None, "staff/eve"), now=desk.clock.now())


async def test_dearer_and_dearer_is_one_task_with_all_of_it(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, pieces(3))
    assert await to_collect(desk, order_id) == [990]
    await desk.done(order_id, pieces(4))
    assert await to_collect(desk, order_id) == [1980]


async def test_what_was_collected_is_not_collected_again(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, pieces(3))
    await collected(desk, order_id)
    await desk.done(order_id, pieces(4))
    assert await to_collect(desk, order_id) == [990]


async def test_cheaper_again_is_less_to_collect_or_nothing(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, pieces(5))
    assert await to_collect(desk, order_id) == [2970]
    less = await desk.done(order_id, pieces(3))
    assert (await to_collect(desk, order_id), less.refund) == ([990], None)
    none = await desk.done(order_id, pieces(1))
    assert none.refund is not None
    assert (await to_collect(desk, order_id), none.refund.amount) == ([], 990)


async def test_what_was_given_back_out_of_kindness_is_not_collected(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.said(await desk.asked(order_id, ELSEWHERE), refund=100)
    await desk.done(order_id, pieces(3))
    assert await to_collect(desk, order_id) == [990]


async def test_nothing_is_collected_where_more_was_paid_than_it_costs(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.said(await desk.asked(order_id, pieces(1)), refund=0)
    await desk.done(order_id, pieces(2))
    assert await to_collect(desk, order_id) == []
    await desk.done(order_id, pieces(3))
    assert await to_collect(desk, order_id) == [990]


async def test_what_changes_no_price_leaves_the_task_as_it_is(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, pieces(3))
    await desk.done(order_id, ELSEWHERE)
    assert await to_collect(desk, order_id) == [990]


async def test_nothing_is_collected_for_an_order_that_was_cancelled(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, pieces(3))
    await desk.done(order_id)
    assert await to_collect(desk, order_id) == []
    (dropped,) = await told(desk.begin, "SELECT data::text AS data FROM records WHERE kind = 'task.dropped'"
                            " AND data->>'kind' = 'collect_payment'")  # fmt: skip
    assert json.loads(dropped["data"])["why"] == "the order was cancelled"
