import pytest

from tests.db.verification.store import Store
from tests.fixtures.facts import told
from tidings.orders.load import order_for_update
from tidings.verification.conclude import conclude, has_all_left, is_ours, order_to_check, order_to_supply
from tidings.verification.kinds import CHECKS, CheckName
from tidings.verification.ports import Failed, Passed

BEING_SHIPPED = ("processing", "partially_shipped", "partially_delivered")
BEYOND = ("shipped", "delivered", "completed", "cancelled", "incomplete")


async def at(store: Store, status: str) -> None:
    await told(store.begin, "UPDATE orders SET status = $1 RETURNING id", status)


@pytest.mark.parametrize("status", ["received", *BEING_SHIPPED, *BEYOND])
async def test_the_machine_speaks_while_there_is_something_left_to_say(status: str, store: Store) -> None:
    await store.has(TEA=5)
    await store.order()
    (errand,) = await store.fetch()
    await store.carry_out(errand)
    await at(store, status)
    async with store.begin(store.shop.scope) as tx:
        supplied = await order_to_supply(tx, errand)
        stock, payment = [await order_to_check(tx, errand, check) for check in ("stock", "payment")]
    assert (stock is not None) is (status in {"received", *BEING_SHIPPED})
    # The ledger looks at what has left, too: a change may have taken out what it had promised.
    assert (supplied is not None) is (status not in {"cancelled", "incomplete"})
    assert supplied is None or has_all_left(supplied) is (stock is None)
    # Of a cancelled one, whether it was paid: its money would have to go back.
    assert (payment is not None) is (status in {"received", "cancelled"})


@pytest.mark.parametrize("check", CHECKS)
async def test_the_same_thing_found_again_is_no_news(check: CheckName, store: Store) -> None:
    order_id = await store.order()
    for _ in range(2):
        async with store.begin(store.shop.scope) as tx:
            order = await order_for_update(tx, order_id)
            await conclude(tx, order, check, Passed("there"), store.by)
    assert await store.kinds(order_id) == ["order.placed", f"{check}.checked"]


async def test_a_payment_that_failed_is_for_people_and_goods_may_come_in(store: Store) -> None:
    order_id = await store.order()
    async with store.begin(store.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        for check in CHECKS:
            await conclude(tx, order, check, Failed("no"), store.by)
        assert [await is_ours(tx, order, check) for check in CHECKS] == [False, True]


async def test_what_lacks_later_is_an_issue_and_what_comes_settles_it(store: Store) -> None:
    order_id = await store.order()
    await at(store, "processing")
    for found, status in ((Failed("gone"), "open"), (Failed("gone"), "open"), (Passed("there"), "resolved")):
        async with store.begin(store.shop.scope) as tx:
            await conclude(tx, await order_for_update(tx, order_id), "stock", found, store.by)
        assert await store.issues(order_id) == [("out_of_stock", "stock", status)]
    assert (await store.checks(order_id))[2:] == ("processing", False)
