"""Whose orders they are."""

from datetime import timedelta
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place
from tests.fixtures.privacy import DEVICE, EMAIL, HERS, PHONE
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import first_id_at, new_id
from tidings.orders.amend import AmendOrder, amend_order
from tidings.orders.whose import Person, customers_of, ever_reached, orders_between, orders_of_person

START = UUID(int=0)


async def test_orders_are_found_by_either_address_in_stretches(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    hers = [(await place(begin, shop, clock.now(), order_body(**HERS, number=None))).order_id for _ in range(3)]
    theirs = (await place(begin, shop, clock.now())).order_id
    async with begin(shop.scope) as tx:
        for person in (Person(EMAIL.upper()), Person(phone=PHONE), Person(EMAIL, PHONE)):
            first = await orders_of_person(tx, person, START, 2)
            assert first == hers[:2]
            assert await orders_of_person(tx, person, first[-1], 2) == hers[2:]
        assert await orders_of_person(tx, Person(), START, 2) == []
        early = clock.now() - timedelta(seconds=1)
        assert await orders_of_person(tx, Person(EMAIL), START, 2, until=early) == []
        assert await orders_of_person(tx, Person(EMAIL), START, 2, until=clock.now()) == hers[:2]
        assert await orders_between(tx, START, UUID(int=2**128 - 1), 9) == sorted([*hers, theirs])
        assert await orders_between(tx, START, first_id_at(clock.now().replace(year=2020)), 9) == []


async def test_a_customer_is_reached_where_the_order_says(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = (await place(begin, shop, clock.now(), order_body(**HERS))).order_id
    async with begin(shop.scope) as tx:
        (found,) = await customers_of(tx, shop.id, [order_id, new_id()], lock=True)
    assert (found.order_id, found.mode, found.status) == (order_id, "test", "received")
    assert found.addresses == [EMAIL.lower(), PHONE, DEVICE]


async def test_where_a_customer_was_reached_is_known_after_they_are_reached_elsewhere(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = (await place(begin, shop, clock.now(), order_body(**HERS))).order_id
    async with begin(shop.scope) as tx:
        changes = {"customer": {"email": "Else@Example.com", "phone": None}}
        await amend_order(tx, AmendOrder(order_id, changes, "*", "staff/7"), now=clock.now())
        assert await ever_reached(tx, shop.id, [order_id, new_id()]) == {
            order_id: sorted([PHONE, EMAIL.lower(), "else@example.com"])
        }
        await tx.raw.execute("UPDATE messages SET recipient = 'Once@example.com'")
        assert "once@example.com" in (await ever_reached(tx, shop.id, [order_id]))[order_id]
