import pytest

from tests.fixtures.wishes import Desk
from tidings.changes.load import pending_of, request_for_update
from tidings.kit.problem import NotFound


async def test_the_other_modes_requests_are_not_there(desk: Desk) -> None:
    held = await desk.asked(await desk.order())
    async with desk.begin(desk.shop.live_scope) as tx:
        with pytest.raises(NotFound):
            await request_for_update(tx, held.row.id)


async def test_a_request_comes_with_its_order_its_words_and_its_rules(desk: Desk) -> None:
    asked = await desk.asked(await desk.order())
    async with desk.begin(desk.shop.scope) as tx:
        held = await request_for_update(tx, asked.row.id)
        assert (held.order.row.id, held.parts, held.approvals) == (asked.row.order_id, ("cancellation",), [])
        assert (held.book.version, held.requester) == (asked.row.policy_version, asked.requester)
        assert [row.id for row in await pending_of(tx, held.order)] == [held.row.id]
