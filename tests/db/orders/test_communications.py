"""What was logged, page by page."""

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound
from tidings.orders.communicate import Said, log_communication
from tidings.orders.communications import communications_page
from tidings.orders.load import By


async def test_they_come_in_the_order_in_which_they_were_logged(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id, other = await placed(begin, shop, clock), await placed(begin, shop, clock)
    for about, summary in ((order_id, "one"), (other, "else"), (order_id, "two"), (order_id, "three")):
        async with begin(shop.scope) as tx:
            said = Said("chat", "inbound", summary, clock.now())
            await log_communication(tx, about, said, By("staff/7", clock.now()))
    async with begin.reading(shop.scope) as tx:
        page = await communications_page(tx, order_id, Window(limit=2))
        assert page.next_cursor is not None
        rest = await communications_page(tx, order_id, Window(limit=2, after=decode_cursor(page.next_cursor)))
        assert [row.summary for row in (*page.items, *rest.items)] == ["one", "two", "three"]
        assert rest.next_cursor is None
        with pytest.raises(NotFound):
            await communications_page(tx, None, Window())
