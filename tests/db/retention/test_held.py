"""Holds and whoever deletes: one of them is first."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place
from tests.fixtures.privacy import DEVICE
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.orders.amend import AmendOrder, amend_order
from tidings.orders.whose import customers_of
from tidings.retention.held import digests_of, held_among, is_person_held, is_shut, spare_held
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.prune_kind import Pruning, prune_batch
from tidings.retention.run import _KINDS

ALONE_SECONDS = 0.3


def everything(clock: FixedClock) -> Pruning:
    """All that was ever written is old."""
    now = clock.now() + timedelta(days=4000)
    return Pruning(dict.fromkeys(_KINDS, now), SLICES, "tests", now)


async def pruned(keeper: Begin, shop: Shop, clock: FixedClock) -> int:
    async with keeper(shop.scope) as tx:
        return (await prune_batch(tx, "orders", UUID(int=0), everything(clock))).rows


def on_order(order_id: UUID) -> PlaceHold:
    return PlaceHold("order", Meant(order=wire("ord", order_id)), "why", "tests")


async def test_a_hold_that_is_there_first_is_seen(begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock) -> None:
    order = await place(begin, shop, clock.now())
    async with asyncio.TaskGroup() as group, begin(shop.scope) as tx:
        await place_hold(tx, on_order(order.order_id), now=clock.now())
        pruning = group.create_task(pruned(keeper, shop, clock))
        done, _ = await asyncio.wait([pruning], timeout=ALONE_SECONDS)
        assert not done, "it waits for the hold"
    assert pruning.result() == 0
    async with begin(shop.scope) as tx:
        assert len(await customers_of(tx, shop.id, [order.order_id])) == 1


async def test_a_hold_that_comes_second_finds_no_order(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock
) -> None:
    order = await place(begin, shop, clock.now())

    async def holds() -> bool:
        try:
            async with begin(shop.scope) as tx:
                await place_hold(tx, on_order(order.order_id), now=clock.now())
        except NotFound:
            return False
        return True

    async with asyncio.TaskGroup() as group, keeper(shop.scope) as tx:
        assert (await prune_batch(tx, "orders", UUID(int=0), everything(clock))).rows > 1
        holding = group.create_task(holds())
        done, _ = await asyncio.wait([holding], timeout=ALONE_SECONDS)
        assert not done, "it waits for the deletion"
    assert holding.result() is False
    async with begin.across() as tx:
        assert await tx.raw.fetchval("SELECT count(*) FROM holds") == 0


async def test_who_is_held_by_what(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order = await place(begin, shop, clock.now())
    async with begin(shop.scope) as tx:
        (customer,) = await customers_of(tx, shop.id, [order.order_id])
        assert await held_among(tx, shop.id, [customer]) == set()
        await place_hold(tx, PlaceHold("customer", Meant(customer.email.upper()), "why", "tests"), now=clock.now())  # type: ignore[union-attr]
        await tx.flush()
        assert await held_among(tx, shop.id, [customer]) == {order.order_id}
        assert await is_person_held(tx, shop.id, "test", digests_of(shop.id, customer.email, None))
        assert not await is_person_held(tx, shop.id, "live", digests_of(shop.id, customer.email, None))
        assert not await is_shut(tx, shop.id, "test")
        assert await spare_held(tx, shop.id, [order.order_id, shop.id]) == {order.order_id}
        await place_hold(tx, PlaceHold("storefront", Meant(), "why", "tests"), now=clock.now())
        assert await is_shut(tx, shop.id, "test")
        assert await spare_held(tx, shop.id, [shop.id]) == {shop.id}


async def test_a_hold_in_test_mode_holds_nothing_live(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    live = order_body(customer={"email": "ada@gmail.com"})
    order = await place(begin, shop, clock.now(), live, scope=Scope(shop.id, "live"))
    async with begin(shop.scope) as tx:
        await place_hold(tx, PlaceHold("storefront", Meant(), "why", "tests"), now=clock.now())
        customers = await customers_of(tx, shop.id, [order.order_id])
        assert await held_among(tx, shop.id, customers) == set()
    with pytest.raises(NotFound):
        async with begin(shop.scope) as tx:
            await place_hold(tx, on_order(order.order_id), now=clock.now())


async def test_who_is_held_is_known_by_digests_alone(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    async with begin(shop.scope) as tx:
        held = await place_hold(tx, PlaceHold("customer", Meant("Ada@Example.com"), "why", "tests"), now=clock.now())
        assert held.digests == digests_of(shop.id, "ada@example.com", None)
        assert "example" not in str(held.digests)


async def test_whoever_has_no_address_is_held_by_their_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    devices = [{"platform": "fcm", "token": DEVICE}]
    customer = {"email": None, "phone": None, "devices": devices, "preferred_channel": "push"}
    order_id = (await place(begin, shop, clock.now(), order_body(customer=customer))).order_id
    async with begin(shop.scope) as tx:
        on = PlaceHold("customer", Meant(order=wire("ord", order_id)), "why", "tests")
        hold = await place_hold(tx, on, now=clock.now())
        assert (hold.digests, hold.order_id) == ([], order_id)
        assert await held_among(tx, shop.id, await customers_of(tx, shop.id, [order_id])) == {order_id}
        assert await spare_held(tx, shop.id, [order_id, shop.id]) == {order_id}


@pytest.mark.parametrize("missing", [{}, {"payment": None}])
async def test_a_hold_does_not_fall_off_when_an_order_gets_another_address(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, missing: dict[str, None]
) -> None:
    order_id = (
        await place(begin, shop, clock.now(), order_body(customer={"email": "ada@old.test"}, **missing))
    ).order_id
    async with begin(shop.scope) as tx:
        await place_hold(tx, PlaceHold("customer", Meant("ada@old.test"), "why", "tests"), now=clock.now())
    async with begin(shop.scope) as tx:
        changes = {"customer": {"email": "ada@new.test"}}
        await amend_order(tx, AmendOrder(order_id, changes, "*", "staff/7"), now=clock.now())
    assert await pruned(keeper, shop, clock) == 0
    async with keeper(shop.scope) as tx:
        assert await spare_held(tx, shop.id, [order_id]) == {order_id}


@pytest.mark.parametrize("given", ["ada@müller.test", "Ada@MÜLLER.test", "ada@xn--mller-kva.test"])
async def test_a_hold_knows_a_domain_in_either_spelling(
    begin: Begin, shop: Shop, clock: FixedClock, given: str
) -> None:
    order = await place(begin, shop, clock.now(), order_body(customer={"email": "ada@müller.test"}))
    async with begin(shop.scope) as tx:
        await place_hold(tx, PlaceHold("customer", Meant(given), "why", "tests"), now=clock.now())
        customers = await customers_of(tx, shop.id, [order.order_id])
        assert await held_among(tx, shop.id, customers) == {order.order_id}


async def test_what_no_order_could_have_is_looked_for_as_given(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    async with begin(shop.scope) as tx:
        held = await place_hold(tx, PlaceHold("customer", Meant("a..b@c"), "why", "tests"), now=clock.now())
        assert held.digests == digests_of(shop.id, "a..b@c", None)
