"""What stood in the way of an order."""

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.idempotency import KeyUsedOtherwise
from tidings.kit.ids import new_id, wire
from tidings.orders.errors import NumberTaken, OrderNotStored
from tidings.orders.meet import FirstAnswer, Stopped, meetings


async def test_each_meets_what_stood_in_its_way(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    first = await place(begin, shop, clock.now(), order_body(number="W-1"), key="k-1", fingerprint=b"f")
    again = Stopped(new_id(), shop.scope, "W-9", "k-1", b"f")
    otherwise = Stopped(new_id(), shop.scope, "W-9", "k-1", b"g")
    taken = Stopped(new_id(), shop.scope, "W-1", None, b"")
    nothing = Stopped(new_id(), shop.live_scope, "W-1", "k-1", b"f")
    async with begin.statement() as connection:
        met = await meetings(connection, [again, otherwise, taken, nothing])
    assert met[again.id] == FirstAnswer(first.order_id, 201, first.body)
    assert isinstance(met[otherwise.id], KeyUsedOtherwise)
    holder = met[taken.id]
    assert isinstance(holder, NumberTaken)
    assert holder.members["order_id"] == wire("ord", first.order_id)
    assert isinstance(met[nothing.id], OrderNotStored)
