"""Orders follow their parcels, whatever happens to these (hypothesis)."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import FixedClock
from tests.db.shipments.parcels import Desk
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput
from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import By, order_for_update
from tidings.shipments.catch_up import catch_up
from tidings.shipments.load import parcels_of
from tidings.shipments.schemas import Shipment
from tidings.shipments.states import ShipmentStatus

LINES = st.sampled_from([(1, 1), (1, 2), (2, 1)])
STATUSES: list[ShipmentStatus] = ["in_transit", "out_for_delivery", "exception", "delivered", "returned"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(LINES, max_size=2)),
        st.tuples(st.just("told"), st.tuples(st.integers(0, 3), st.sampled_from(STATUSES))),
        st.tuples(st.just("resolve"), st.none()),
    ),
    min_size=3,
    max_size=12,
)


class Course:
    """One order, and what happens to it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.parcels: list[Shipment] = []

    async def begin(self) -> None:
        self.order_id = await self.desk.order()

    async def send(self, lines: list[tuple[int, int]]) -> None:
        self.parcels.append(await self.desk.send(self.order_id, *lines))

    async def told(self, what: tuple[int, ShipmentStatus]) -> None:
        place, status = what
        if self.parcels:
            await self.desk.told(self.parcels[place % len(self.parcels)], status)

    async def resolve(self, _: None) -> None:
        async with self.desk.begin(self.desk.shop.scope) as tx:
            await tx.raw.execute("UPDATE issues SET status = 'resolved' WHERE order_id = $1", self.order_id)
            await tx.raw.execute("UPDATE orders SET on_hold = false WHERE id = $1", self.order_id)

    async def check(self) -> None:
        async with self.desk.begin.reading(self.desk.shop.scope) as tx:
            order = await self.desk.look(self.order_id)
            parcels = await parcels_of(tx, order)
            open_issues = await tx.raw.fetchval(
                "SELECT count(*) FROM issues WHERE order_id = $1 AND status = 'open'", self.order_id
            )
        left = parcels.left()
        assert all(0 <= rest <= line.quantity for line in order.lines for rest in [left[line.line]])
        assert order.row.on_hold is bool(open_issues)
        out = [row.status for row in parcels.rows if row.status != "returned"]
        is_everything_there = not any(left.values()) and bool(out) and set(out) == {"delivered"}
        assert (order.row.status == "delivered") is is_everything_there
        assert (order.row.status == "processing") is (not out)


@pytest.mark.timeout(60)
@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(steps=STEPS)
async def test_whatever_happens_nothing_is_sent_twice_and_the_order_tells_where_it_is(
    steps: list, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    course = Course(Desk(begin, shop, clock))
    await course.begin()
    for verb, what in steps:
        with suppress(IllegalMove, OrderOnHold, InvalidInput):
            await getattr(course, verb)(what)
        await course.check()


async def test_an_order_that_was_made_smaller_catches_up_with_its_parcels(desk: Desk) -> None:
    """Whoever changes what was bought lets the order follow."""
    order_id = await desk.order()
    await desk.told(await desk.send(order_id, (1, 3)), "delivered")
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        order.lines = [line for line in order.lines if line.line == 1]
        catch_up(await parcels_of(tx, order), By("staff/7", desk.clock.now()).at)
    assert await desk.status(order_id) == "delivered"
