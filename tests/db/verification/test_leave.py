from datetime import timedelta

from tests.db.verification.store import Store
from tests.fixtures.errands import left
from tidings.orders.load import order_for_update
from tidings.verification.leave import leave_errand


async def test_it_is_to_be_done_at_once_about_this_order(store: Store) -> None:
    order_id = await store.order()
    await store.work()
    async with store.begin(store.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        await leave_errand(tx, order, "check_payment", store.by)
    assert ("check_payment", timedelta()) in await store.waiting()
    (found,) = [errand for errand in await left(store.begin) if errand["kind"] == "check_payment"]
    assert (found["order_id"], found["subject"], found["mode"]) == (order_id, order.wire_id, "test")
