"""Money is asked back once for each cause, from whoever it came through, and never more than came in."""

import pytest

from tests.fixtures.facts import facts, told
from tests.fixtures.orders import order_body
from tests.fixtures.refunds import connected, refund_as_kept, refund_asked_for
from tests.fixtures.wishes import ELSEWHERE, Desk
from tidings.changes.errors import RefundTooHigh


async def test_the_same_cause_pays_once(desk: Desk) -> None:
    order_id = await desk.order()
    first = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id, 1000)
    assert await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id, 400) == first
    assert await told(desk.begin, "SELECT amount FROM refunds") == [{"amount": 1000}]


async def test_what_goes_back_already_counts_even_if_it_could_not(desk: Desk) -> None:
    order_id = await desk.order()
    await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id, 2000)
    await told(desk.begin, "UPDATE refunds SET status = 'failed' RETURNING 1")
    with pytest.raises(RefundTooHigh) as refusal:
        await desk.done(order_id, ELSEWHERE, refund=471)
    assert refusal.value.members["at_most"] == {"amount": 470, "currency": "EUR"}
    held = await desk.done(order_id)
    assert held.refund is not None
    assert held.refund.amount == 470


@pytest.mark.parametrize(
    ("payment", "provider", "method"),
    [
        ({"provider": "stripe", "reference": "pi_1"}, "stripe", "provider"),
        ({"provider": "Stripe", "reference": "pi_1"}, "stripe", "provider"),
        ({"reference": "pi_1"}, "stripe", "provider"),
        ({"provider": "paypal", "reference": "pi_1"}, "sandbox", "provider"),
        ({"provider": "paypal", "reference": "pi_1"}, "stripe", "manual"),
        ({"provider": "stripe"}, "stripe", "manual"),
        ({"provider": "stripe", "reference": "pi_1"}, None, "manual"),
    ],
)
async def test_it_goes_back_the_way_it_came(
    desk: Desk, payment: dict[str, str], provider: str | None, method: str
) -> None:
    if provider is not None:
        await connected(desk.begin, desk.shop, provider)
        await connected(desk.begin, desk.shop, provider, mode="live")
    order_id = await desk.order(order_body(payment={"method": "card"} | payment))
    refund_id = await refund_asked_for(desk.begin, desk.shop, desk.clock, order_id)
    assert (await refund_as_kept(desk.begin, refund_id))["method"] == method
    errands = await told(desk.begin, "SELECT 1 FROM errands WHERE kind = 'carry_refund'")
    assert len(errands) == (method == "provider")
    fact = (await facts(desk.begin, desk.shop, order_id))[-1]
    assert (fact["kind"], fact["snapshot"]["refund"]["method"]) == ("refund.requested", method)
