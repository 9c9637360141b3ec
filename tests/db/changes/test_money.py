"""What was paid, and what of it is left: whatever is changed, paid back or fails, in any order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.facts import told
from tests.fixtures.orders import order_body
from tests.fixtures.wishes import Desk
from tidings.changes.money import Purse, purse_of
from tidings.kit.ids import new_id
from tidings.orders.load import order_by_id

QUANTITIES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


async def purse(desk: Desk, order_id: object) -> Purse:
    async with desk.begin(desk.shop.scope) as tx:
        return await purse_of(tx, await order_by_id(tx, order_id))  # type: ignore[arg-type]


async def test_an_order_that_is_not_paid_has_nothing_to_give(desk: Desk) -> None:
    assert await purse(desk, await desk.order(payment_check="pending")) == Purse(0, 0)
    assert Purse(5, 9).left == 0


@given(QUANTITIES)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
async def test_what_goes_back_and_what_it_costs_never_exceed_what_was_paid(desk: Desk, quantities: list[int]) -> None:
    order_id = await desk.order(order_body(number=new_id().hex))
    now = 2
    for quantity in quantities:
        if quantity != now:
            await desk.done(order_id, {"lines": [{"sku": "TEA-01", "quantity": quantity}]})
            now = quantity
        found = await purse(desk, order_id)
        assert found.paid == 2470, "what was paid stays what was paid"
        assert 0 <= found.left <= 490 + 990 * quantity or found.back == 0
    await desk.done(order_id)
    rows = await told(desk.begin, "SELECT sum(amount)::int AS back FROM refunds WHERE order_id = $1", order_id)
    assert rows == [{"back": 2470}], "cancelled in the end, all of it has gone back, and no more"
