"""Carrying one out: it and all that follows in one transaction, and what it overtakes lapses with it."""

import pytest

from tests.fixtures.facts import facts, told
from tests.fixtures.wishes import ELSEWHERE, THREE, Desk
from tidings.changes.carry_out import carry_out
from tidings.changes.errors import ChangeOvertaken
from tidings.changes.load import request_for_update
from tidings.orders.load import By

FOUR = {"lines": [{"sku": "TEA-01", "quantity": 4}]}


async def standing(desk: Desk) -> list[str]:
    return [row["status"] for row in await told(desk.begin, "SELECT status FROM change_requests ORDER BY id")]


async def test_others_about_the_same_part_lapse(desk: Desk) -> None:
    order_id = await desk.order()
    three, _, _ = (
        await desk.asked(order_id, THREE),
        await desk.asked(order_id, FOUR | ELSEWHERE),
        await desk.asked(order_id),
    )
    await desk.said(three)
    assert await standing(desk) == ["carried_out", "lapsed", "pending"]
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds[-4:] == ["change.decided", "change.carried_out", "order.changed", "change.decided"]


async def test_others_about_something_else_go_on(desk: Desk) -> None:
    order_id = await desk.order()
    three, moved = await desk.asked(order_id, THREE), await desk.asked(order_id, ELSEWHERE)
    await desk.said(three)
    assert (await desk.said(moved)).row.status == "carried_out"
    assert await standing(desk) == ["carried_out", "carried_out"]


async def test_a_cancelled_order_is_not_changed_any_more(desk: Desk) -> None:
    order_id = await desk.order()
    moved, cancelled = await desk.asked(order_id, ELSEWHERE), await desk.asked(order_id)
    await desk.said(cancelled)
    with pytest.raises(ChangeOvertaken):
        await desk.said(moved)
    async with desk.begin(desk.shop.scope) as tx:
        held = await request_for_update(tx, cancelled.row.id)
        with pytest.raises(ChangeOvertaken):
            await carry_out(tx, held, By("tests", desk.clock.now()))
