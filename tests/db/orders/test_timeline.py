import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.note import WriteNote, write_note
from tidings.orders.timeline import timeline_of


async def test_facts_and_notes_come_in_their_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id, other = await placed(begin, shop, clock), await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        await write_note(tx, WriteNote(order_id, "One.", "staff/1"), now=clock.now())
        await write_note(tx, WriteNote(other, "Elsewhere.", "staff/1"), now=clock.now())
    async with begin(shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "test", "staff/2"), now=clock.now())
    async with begin.reading(shop.scope) as tx:
        whole = await timeline_of(tx, order_id, Window())
        first = await timeline_of(tx, order_id, Window(limit=2))
        assert first.next_cursor is not None
        rest = await timeline_of(tx, order_id, Window(after=decode_cursor(first.next_cursor)))
    assert [item.kind for item in whole.items] == ["order.placed", "note.written", "order.cancelled"]
    assert [item.data.get("text") for item in whole.items] == [None, "One.", None]
    assert [*first.items, *rest.items] == whole.items


async def test_anothers_timeline_is_not_there(begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    for scope in (other_shop.scope, shop.live_scope):
        async with begin.reading(scope) as tx:
            with pytest.raises(NotFound):
                await timeline_of(tx, order_id, Window())
