"""Errands fetched and ended: leases, fences, fairness."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.errands import errand, left
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Tx
from tidings.outbox.fetch import (
    ErrandInHand,
    Fetching,
    LeaseLost,
    fetch_errands,
    finish_errand,
    note_errand,
    park_errand,
    put_off_errand,
)
from tidings.outbox.leave import leave_errands

MINUTE = timedelta(minutes=1)


async def leave(begin: Begin, clock: FixedClock, *shops: Shop, after: timedelta = timedelta()) -> None:
    """One errand of each shop, in this order, a millisecond apart."""
    many = [
        errand(shop, clock, subject=f"ord_{n}", due_at=clock.now() + after + timedelta(milliseconds=n) - MINUTE)
        for n, shop in enumerate(shops)
    ]
    async with begin.across() as tx:
        await leave_errands(tx, *many)


async def fetch(
    begin: Begin, clock: FixedClock, *, most: int = 20, of_one: int = 8, in_hand: Mapping[UUID, int] | None = None
) -> list[ErrandInHand]:
    return await fetch_errands(begin, clock.now(), Fetching(most, of_one), in_hand=in_hand or {})


async def turn(begin: Begin, sql: str) -> None:
    async with begin.across() as tx:
        await tx.raw.execute(f"UPDATE errands SET {sql}")


async def test_what_is_due_is_taken_in_hand_with_all_that_it_is_about(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    async with worker_begin.across() as tx:
        wanted = errand(shop, clock, data={"refund": "rfd_1"})
        await leave_errands(tx, wanted)
    (one,) = await fetch(worker_begin, clock)
    assert (one.scope, one.order_id, one.kind) == (shop.scope, wanted.order_id, wanted.kind)
    assert (one.subject, one.data, one.tries, one.lost_leases) == ("ord_1", {"refund": "rfd_1"}, 1, 0)


async def test_it_is_in_one_hand_at_a_time(worker_begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await leave(worker_begin, clock, shop)
    assert len(await fetch(worker_begin, clock)) == 1
    assert await fetch(worker_begin, clock) == []


async def test_due_is_by_the_applications_clock(worker_begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await leave(worker_begin, clock, shop, after=timedelta(days=14) + MINUTE)
    clock.advance(timedelta(days=14) - MINUTE)
    assert await fetch(worker_begin, clock) == []
    clock.advance(MINUTE)
    assert len(await fetch(worker_begin, clock)) == 1


async def test_a_lease_ends_by_the_databases_clock_and_its_loss_is_counted(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, shop)
    await fetch(worker_begin, clock)
    clock.advance(timedelta(days=1))
    assert await fetch(worker_begin, clock) == []
    await turn(worker_begin, "lease_until = now() - interval '1 second'")
    (again,) = await fetch(worker_begin, clock)
    assert (again.tries, again.lost_leases) == (2, 1)


async def undone(begin: Begin, shop: Shop, ending: Callable[[Tx], Awaitable[None]]) -> None:
    """What is written before the lease is found to be lost."""
    async with begin(shop.scope) as tx:
        await tx.raw.execute("UPDATE errands SET subject = 'must not stay'")
        await ending(tx)


async def test_whoever_lost_the_lease_can_neither_end_nor_put_off_nor_park(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, shop)
    (first,) = await fetch(worker_begin, clock)
    await turn(worker_begin, "lease_until = now() - interval '1 second'")
    (second,) = await fetch(worker_begin, clock)
    for ending in (
        lambda tx: finish_errand(tx, first),
        lambda tx: put_off_errand(tx, first, clock.now()),
        lambda tx: park_errand(tx, first, clock.now()),
        lambda tx: note_errand(tx, first, {"asked": True}),
    ):
        with pytest.raises(LeaseLost):
            await undone(worker_begin, shop, ending)
    assert [row["subject"] for row in await left(worker_begin)] == [second.subject]
    async with worker_begin(shop.scope) as tx:
        await finish_errand(tx, second)
    assert await left(worker_begin) == []


async def test_what_is_put_off_comes_again_then_and_knows_what_it_must(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, shop)
    (one,) = await fetch(worker_begin, clock)
    woken: list[bool] = []
    worker_begin.on_work = lambda: woken.append(True)
    async with worker_begin(shop.scope) as tx:
        await put_off_errand(tx, one, clock.now() + MINUTE, {"asked": 1})
    assert woken
    assert await fetch(worker_begin, clock) == []
    clock.advance(MINUTE)
    (again,) = await fetch(worker_begin, clock)
    assert (again.tries, again.lost_leases, again.data) == (2, 0, {"asked": 1})


async def test_what_is_put_off_because_nothing_is_wrong_begins_afresh(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, shop)
    await turn(worker_begin, "tries = 32000")
    (one,) = await fetch(worker_begin, clock)
    assert one.tries == 32000
    async with worker_begin(shop.scope) as tx:
        await put_off_errand(tx, one, clock.now(), afresh=True)
    (again,) = await fetch(worker_begin, clock)
    assert (again.tries, again.data) == (1, {})


async def test_what_is_parked_waits_for_a_person(worker_begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await leave(worker_begin, clock, shop)
    (one,) = await fetch(worker_begin, clock)
    async with worker_begin(shop.scope) as tx:
        await park_errand(tx, one, clock.now())
    clock.advance(timedelta(days=30))
    assert await fetch(worker_begin, clock) == []
    (row,) = await left(worker_begin)
    assert (row["lease_token"], row["parked_at"] is not None) == (None, True)


async def test_no_shop_takes_more_than_its_share(
    worker_begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, *[shop] * 6, *[other_shop] * 3)
    first = await fetch(worker_begin, clock, of_one=2)
    assert Counter(one.scope.storefront_id for one in first) == {shop.id: 2, other_shop.id: 2}
    held = {shop.id: 2, other_shop.id: 1}
    (second,) = await fetch(worker_begin, clock, of_one=2, in_hand=held)
    assert second.scope.storefront_id == other_shop.id


async def test_of_one_shop_what_is_due_longest_comes_first_and_no_more_than_asked(
    worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await leave(worker_begin, clock, *[shop] * 4)
    assert sorted(one.subject for one in await fetch(worker_begin, clock, most=2)) == ["ord_0", "ord_1"]
    assert sorted(one.subject for one in await fetch(worker_begin, clock, most=9)) == ["ord_2", "ord_3"]
