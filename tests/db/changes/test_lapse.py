from tests.fixtures.facts import facts, tasks, told
from tests.fixtures.wishes import Desk
from tidings.changes.lapse import lapse
from tidings.changes.load import request_for_update


async def test_a_lapsed_request_is_told_and_nobody_decides_it_any_more(desk: Desk) -> None:
    order_id = await desk.order()
    asked = await desk.asked(order_id)
    async with desk.begin(desk.shop.scope) as tx:
        held = await request_for_update(tx, asked.row.id)
        await lapse(tx, held.order, held.row, desk.clock.now())
    (row,) = await told(desk.begin, "SELECT status, decided_by, decision_reason FROM change_requests")
    assert row == {"status": "lapsed", "decided_by": "policy", "decision_reason": None}
    assert (await facts(desk.begin, desk.shop, order_id))[-1]["snapshot"]["change"]["outcome"] == "lapsed"
    assert await tasks(desk.begin, desk.shop, order_id) == [("decide_change", "dropped")]
