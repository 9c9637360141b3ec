import asyncio
import json

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.orders.load import About, By, fact_of, lines_of, order_by_id, order_for_update, party_of


async def test_an_order_in_hand_is_told_as_it_was_answered(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    answered = await place(begin, shop, clock.now())
    async with begin.reading(shop.scope) as tx:
        order = await order_by_id(tx, answered.order_id)
    assert order.json() == answered.body
    assert order.wire_id == json.loads(answered.body)["id"]


async def test_nobody_holds_anothers_order_or_the_other_modes(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    for scope, wanted in ((other_shop.scope, order_id), (shop.live_scope, order_id), (shop.scope, new_id())):
        async with begin(scope) as tx:
            for reader in (order_by_id, order_for_update):
                with pytest.raises(NotFound):
                    await reader(tx, wanted)
    async with begin(shop.scope) as tx:
        with pytest.raises(NotFound):
            await order_for_update(tx, None)


async def test_an_order_that_is_about_to_change_is_held_by_one(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)

    async def bump() -> None:
        async with begin(shop.scope) as tx:
            order = await order_for_update(tx, order_id)
            await asyncio.sleep(0.01)
            order.touch(clock.now())

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(bump())
    async with begin.reading(shop.scope) as tx:
        assert (await order_by_id(tx, order_id)).row.version == 5


async def test_a_fact_takes_the_next_place_and_carries_the_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        plain = fact_of(order, "order.amended", By("staff/1", clock.now()))
        more = fact_of(
            order, "note.written", By("staff/1", clock.now()), About("nte_1", {"word": 1}, {"note": '{"a":1}'})
        )
    assert (plain.order_seq, plain.subject, plain.data) == (2, order.wire_id, {"status": "received"})
    assert json.loads(plain.snapshot) == {"order": json.loads(order.json())}
    assert (more.order_seq, more.subject, more.data) == (3, "nte_1", {"status": "received", "word": 1})
    assert json.loads(more.snapshot)["note"] == {"a": 1}
    assert plain.scope == shop.scope


async def test_the_party_is_how_the_customer_is_reached(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    devices = [{"platform": "fcm", "token": "t"}]
    body = order_body(customer={"devices": devices, "preferred_channel": "push"}, notify=False)
    order_id = await placed(begin, shop, clock, body)
    async with begin.reading(shop.scope) as tx:
        party = party_of((await order_by_id(tx, order_id)).row)
    assert (party.name, party.email, party.phone) == ("Ada Byron", "delivered@sandbox.test", "+15005550101")
    assert (list(party.devices), party.preferred_channel, party.notify) == (devices, "push", False)
    assert (party.locale, party.time_zone) == ("de-DE", "Europe/Berlin")


async def test_lines_come_order_by_order_in_their_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    line = order_body()["lines"][0]
    body = order_body(lines=[line | {"sku": sku} for sku in ("B", "A")], total={"amount": 4450, "currency": "EUR"})
    two, one = await placed(begin, shop, clock, body), await placed(begin, shop, clock)
    async with begin.reading(shop.scope) as tx:
        found = await lines_of(tx, [two, one, missing := new_id()])
    assert [row.sku for row in found[two]] == ["B", "A"]
    assert len(found[one]) == 1
    assert found[missing] == []
