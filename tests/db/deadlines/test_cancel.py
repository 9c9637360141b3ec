from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import records, told
from tests.fixtures.shop import Shop
from tidings.deadlines.cancel import Promise, cancel_clocks
from tidings.delivery.owe import dedupe_key
from tidings.kit.db import Begin
from tidings.kit.ids import wire


async def test_a_clock_is_ended_once_and_that_is_recorded(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    promise = Promise(shop.id, order_id, dedupe_key("order_confirmation", wire("ord", order_id), 1))
    counts = []
    for _ in range(2):
        async with begin(shop.scope) as tx:
            counts.append(await cancel_clocks(tx, [promise], why="tests", now=clock.now()))
    assert counts == [1, 0]
    assert await told(begin, "SELECT cancelled_at FROM deadlines") == [{"cancelled_at": clock.now()}]
    (record,) = [one for one in await records(begin, shop, order_id) if one["kind"] == "deadline.cancelled"]
    assert (record["data"]["kind"], record["data"]["why"]) == ("order_confirmation", "tests")


async def test_a_promise_that_was_kept_stays_kept(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    await told(begin, "UPDATE deadlines SET met_at = now(), met_by = 'msg_1' RETURNING 1")
    promise = Promise(shop.id, order_id, dedupe_key("order_confirmation", wire("ord", order_id), 1))
    async with begin(shop.scope) as tx:
        assert await cancel_clocks(tx, [promise], why="tests", now=clock.now()) == 0
        assert await cancel_clocks(tx, [], why="tests", now=clock.now()) == 0
