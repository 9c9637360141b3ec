"""Lanes: what is told to staff and what is told to the customer never wait for each other."""

from dataclasses import replace

import pytest

from tests.clock import FixedClock
from tests.fixtures.calls import drained, rows
from tests.fixtures.lines import Exchange
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.milestones.facts import FactKind
from tidings.milestones.follow import follow
from tidings.orders.load import By, fact_of, order_for_update

PARK = "UPDATE outbox SET parked_at = now(), due_at = 'infinity' WHERE order_seq = (SELECT min(order_seq) FROM outbox)"


@pytest.mark.parametrize(
    ("first", "second"), [("order.placed", "deadline.warned"), ("deadline.warned", "deadline.missed")]
)
async def test_what_one_side_waits_for_does_not_hold_up_the_other(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange, first: FactKind, second: FactKind
) -> None:
    """The older one is stuck: within one lane the newer one waits, across lanes it goes."""
    order_id = (await place(begin, shop, clock.now())).order_id
    email = exchange.connect(shop, "email")
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        if first != "order.placed":
            await tx.raw.execute("DELETE FROM outbox")
        for kind in {first, second} - {"order.placed"}:
            fact = fact_of(order, kind, By("system", clock.now()))
            await follow(tx, [replace(fact, party=replace(fact.party, email="desk@shop.test", phone=None))])
        await tx.raw.execute(PARK)
    if first == "order.placed":
        await drained(exchange, begin, "SELECT FROM attempts")
        assert [outgoing.to for outgoing in email.sent] == ["desk@shop.test"]
    else:
        await exchange.run(0.3)
        assert email.sent == []
    assert len(await rows(begin, "SELECT FROM outbox WHERE parked_at IS NOT NULL")) == 1
