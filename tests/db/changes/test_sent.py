"""What has left: its price, and the parcels that might still be called back."""

from tests.fixtures.facts import told
from tests.fixtures.wishes import Desk
from tidings.changes.sent import sent_goods, under_way
from tidings.orders.load import order_by_id
from tidings.shipments.load import parcels_of

SENT = """
INSERT INTO shipments (storefront_id, order_id, id, status, lines, dispatched_at)
SELECT storefront_id, id, gen_random_uuid(), $1, '[{"line": 1, "quantity": 1}]', now() FROM orders RETURNING 1
"""


async def test_what_came_back_has_not_left(desk: Desk) -> None:
    order_id = await desk.order()
    found = []
    for status in (None, "delivered", "in_transit", "returned"):
        if status is not None:
            await told(desk.begin, SENT, status)
        async with desk.begin(desk.shop.scope) as tx:
            order = await order_by_id(tx, order_id)
            parcels = await parcels_of(tx, order)
            found.append((sent_goods(order, parcels), len(under_way(parcels))))
    assert found == [(0, 0), (990, 0), (1980, 1), (1980, 1)]
