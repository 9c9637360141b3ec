"""The story of an order that is called off."""

from tests.unit.cli.dev.willing import steps_of
from tidings.cli.dev.called_off import CALLED_OFF


async def test_an_order_is_cancelled_at_the_customers_wish_and_refunded():
    assert [step.split()[0] for step in await steps_of(CALLED_OFF)] == [
        "stock_up", "place", "ask", "approve", "approve",
    ]  # fmt: skip
