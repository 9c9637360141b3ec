"""Errands left with their causes."""

from contextlib import suppress
from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.errands import errand, left
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.outbox.leave import errand_rows, leave_errands


async def test_an_errand_is_written_with_all_that_its_turn_needs(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id, due_at = new_id(), clock.now() + timedelta(days=3)
    wanted = errand(shop, clock, order_id=order_id, kind="close_order", subject="shp_1", due_at=due_at, data={"a": 1})
    async with begin(shop.scope) as tx:
        await leave_errands(tx, wanted)
    (row,) = await left(begin)
    assert (row["storefront_id"], row["mode"], row["order_id"]) == (shop.id, "test", order_id)
    assert (row["kind"], row["subject"], row["due_at"]) == ("close_order", "shp_1", due_at)
    assert (row["tries"], row["lost_leases"], row["lease_until"], row["parked_at"]) == (0, 0, None, None)


async def test_the_worker_is_woken_once_it_is_committed(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    woken: list[bool] = []
    begin.on_work = lambda: woken.append(True)
    async with begin(shop.scope) as tx:
        await leave_errands(tx, errand(shop, clock))
        assert not woken
    assert woken


async def test_an_errand_goes_with_its_cause_or_not_at_all(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    with suppress(LookupError):
        async with begin(shop.scope) as tx:
            await leave_errands(tx, errand(shop, clock))
            raise LookupError
    assert await left(begin) == []


def test_no_errands_are_no_rows() -> None:
    assert errand_rows([]).by_table == {}
