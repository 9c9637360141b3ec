from tests.fixtures.orders import order_body
from tests.fixtures.wishes import ELSEWHERE, Desk
from tidings.changes.queries import ChangeFilter, changes_page, changes_told
from tidings.changes.told import held_told
from tidings.kit.page import Window


async def test_a_list_tells_what_each_verb_has_told(desk: Desk) -> None:
    first = await desk.done(await desk.order())
    other = await desk.order(order_body(number="W-2"))
    second, third = await desk.asked(other, ELSEWHERE), await desk.done(other)
    async with desk.begin.reading(desk.shop.scope) as tx:
        page = await changes_page(tx, ChangeFilter(), Window())
        told = await changes_told(tx, page.items)
    assert told == [held_told(third), held_told(second), held_told(first)]
    assert [len(one.approvals) for one in told] == [1, 0, 1]
    assert [one.refund is not None for one in told] == [True, False, True]


async def test_nothing_is_told_of_nothing(desk: Desk) -> None:
    async with desk.begin.reading(desk.shop.scope) as tx:
        assert await changes_told(tx, []) == []
