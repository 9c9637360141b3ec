from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.errands import errand, left
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.outbox.fetch import Fetching, fetch_errands
from tidings.outbox.leave import leave_errands
from tidings.outbox.resume import parked_errands, resume_errands


async def test_what_is_parked_is_due_again_at_this_shop_and_in_this_mode(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    async with begin.across() as tx:
        await leave_errands(
            tx,
            errand(shop, clock),
            errand(shop, clock, mode="live"),
            errand(other_shop, clock),
            errand(shop, clock, subject="ord_2", due_at=clock.now() + timedelta(days=1)),
        )
        await tx.raw.execute("UPDATE errands SET parked_at = now(), tries = 20 WHERE subject = 'ord_1'")
    woken: list[bool] = []
    begin.on_work = lambda: woken.append(True)
    async with begin(shop.scope) as tx:
        assert [(one.kind, one.subject, one.tries) for one in await parked_errands(tx)] == [
            ("check_payment", "ord_1", 20)
        ]
        (one,) = await resume_errands(tx, clock.now())
        assert one.cause == "check_payment:ord_1"
        assert await parked_errands(tx) == []
    assert woken
    (fetched,) = await fetch_errands(begin, clock.now(), Fetching())
    assert (fetched.scope, fetched.tries) == (shop.scope, 1)
    assert sum(row["parked_at"] is not None for row in await left(begin)) == 2
