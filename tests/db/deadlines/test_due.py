"""When promises fall due that a person must keep."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.due import ClockKey, due_times
from tidings.kit.ids import new_id

HOUR = timedelta(hours=1)


async def test_clocks_that_run_tell_their_time_and_no_others(mailroom: Mailroom) -> None:
    running = await promised(mailroom, HOUR)
    met = await promised(mailroom, HOUR, **instants(mailroom, met_at=timedelta()))
    cancelled = await promised(mailroom, HOUR, **instants(mailroom, cancelled_at=timedelta()))
    keys = {
        row["id"]: ClockKey(row["storefront_id"], row["order_id"], row["dedupe_key"])
        for row in await mailroom.fetch("SELECT * FROM deadlines")
    }
    async with mailroom.begin.across() as tx:
        assert await due_times(tx, []) == {}
        found = await due_times(tx, [*keys.values(), ClockKey(mailroom.shop.id, new_id(), "x:y:1")])
    assert found == {keys[running]: mailroom.clock.now() + HOUR}
    assert {met, cancelled} < keys.keys()
