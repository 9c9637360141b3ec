import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.db.shipments.parcels import body
from tests.db.verification.store import Store, line
from tests.fixtures.facts import messages, tasks, told
from tests.fixtures.orders import placing
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.place import Placed, place_orders
from tidings.outbox.fetch import LeaseLost
from tidings.verification.decide import DecideCheck, decide_check

NOW = timedelta()


async def by_hand(store: Store, order_id: object, outcome: str, reason: str | None = None) -> None:
    command = DecideCheck(order_id, "stock", outcome, reason, "staff/7")  # type: ignore[arg-type]
    async with store.begin(store.shop.scope) as tx:
        await decide_check(tx, command, now=store.clock.now())


async def test_goods_that_are_there_are_reserved_and_the_check_passes(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order()
    assert await store.waiting() == [("check_stock", NOW)]
    await store.work()
    assert await store.checks(order_id) == ("pending", "passed", "received", False)
    assert await store.reasons(order_id, "stock.checked") == ["reserved"]
    assert (await store.stock(), await store.waiting()) == ({"TEA": (5, 2)}, [])


async def test_what_lacks_is_an_issue_of_which_the_customer_is_told(store: Store) -> None:
    await store.has(TEA=1)
    order_id = await store.order()
    await store.work()
    assert await store.checks(order_id) == ("pending", "failed", "received", True)
    assert await store.reasons(order_id, "stock.checked") == ["not enough in stock: TEA (2 wanted, 1 there)"]
    assert await store.issues(order_id) == [("out_of_stock", "stock", "open")]
    assert await tasks(store.begin, store.shop, order_id) == [("handle_issue", "open")]
    milestones = [milestone for milestone, _ in await messages(store.begin, store.shop, order_id)]
    assert milestones == ["order_confirmation", "issue_notification"]


async def test_goods_that_come_in_let_the_order_go_on_the_oldest_first(store: Store) -> None:
    orders = [await store.order(line("TEA", 2)) for _ in range(3)]
    await store.has(TEA=1)
    await store.work()
    assert [(await store.checks(order))[1] for order in orders] == ["failed"] * 3
    await store.has(TEA=5)
    assert [wait < NOW for _, wait in await store.waiting()] == [True] * 3
    await store.work()
    assert [(await store.checks(order))[1] for order in orders] == ["passed", "passed", "failed"]
    assert await store.issues(orders[0]) == [("out_of_stock", "stock", "resolved")]
    assert await store.stock() == {"TEA": (5, 4)}
    assert [kind for kind, _ in await store.waiting()] == ["check_stock"]


async def test_other_goods_hurry_nobody(store: Store) -> None:
    await store.has(TEA=1)
    await store.order()
    await store.work()
    await store.has(POT=5)
    assert await store.waiting() == [("check_stock", timedelta(hours=6))]


async def test_looked_at_again_and_still_lacking_it_is_no_news(store: Store) -> None:
    await store.has(TEA=0)
    order_id = await store.order()
    await store.work()
    await store.has(TEA=1)
    await store.work()
    assert await store.reasons(order_id, "stock.checked") == ["not enough in stock: TEA (2 wanted, 0 there)"]


async def test_what_the_ledger_does_not_know_passes_as_not_tracked(store: Store) -> None:
    order_id = await store.order(line("ODD"))
    await store.work()
    assert await store.reasons(order_id, "stock.checked") == ["not tracked: ODD"]
    assert (await store.checks(order_id))[1] == "passed"


async def test_of_services_nothing_is_reserved(store: Store) -> None:
    await store.has(HELP=5)
    order_id = await store.order(line("HELP", 2, kind="service"))
    await store.work()
    assert await store.reasons(order_id, "stock.checked") == ["nothing to reserve"]
    assert await store.stock() == {"HELP": (5, 0)}


async def test_a_shop_that_knows_all_it_sells_lacks_what_it_does_not_know(store: Store) -> None:
    await store.decide(stock="ledger", accuracy="ledger")
    order_id = await store.order(line("ODD"))
    await store.work()
    assert await store.reasons(order_id, "stock.checked") == ["not enough in stock: ODD (not in the ledger)"]


async def test_64_concurrent_orders_for_the_last_10_pieces_get_exactly_10_and_the_rest_are_out_of_stock_issues(
    store: Store,
) -> None:
    await store.has(TEA=10)
    now = store.clock.now()
    bodies = [body(line("TEA")) | {"number": f"N-{number}"} for number in range(64)]
    orders = [await placing(store.begin, store.shop, now, each) for each in bodies]
    placed = await place_orders(orders, begin=store.begin, now=now)
    assert all(isinstance(outcome, Placed) for outcome in placed)
    assert await store.work(at_once=True) == 64
    assert await store.stock() == {"TEA": (10, 10)}
    rows = await told(store.begin, "SELECT stock_check, on_hold FROM orders")
    assert Counter((row["stock_check"], row["on_hold"]) for row in rows) == {
        ("passed", False): 10,
        ("failed", True): 54,
    }
    issues = await told(store.begin, "SELECT kind, status FROM issues")
    assert Counter((row["kind"], row["status"]) for row in issues) == {("out_of_stock", "open"): 54}
    assert await store.is_sound()


async def test_a_worker_killed_between_reserving_and_settling_loses_nothing(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order()
    (first,) = await store.fetch()
    # Dead: its lease runs out, and another worker takes the errand.
    await told(store.begin, "UPDATE errands SET lease_until = now() - interval '1 second' RETURNING id")
    (second,) = await store.fetch()
    # What the first one did before it died was rolled back with it, because it held the errand no more.
    with pytest.raises(LeaseLost):
        await store.carry_out(first)
    assert (await store.stock(), (await store.checks(order_id))[1]) == ({"TEA": (5, 0)}, "pending")
    await store.carry_out(second)
    assert (await store.stock(), (await store.checks(order_id))[1]) == ({"TEA": (5, 2)}, "passed")
    assert await store.kinds(order_id) == ["order.placed", "stock.checked"]


async def test_two_workers_at_one_order_reserve_once(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order()
    await store.errand("check_stock", order_id)
    await store.work(at_once=True)
    assert await store.stock() == {"TEA": (5, 2)}
    assert (await store.kinds(order_id)).count("stock.checked") == 1


async def test_of_a_cancelled_order_nothing_is_reserved_any_more(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order()
    async with store.begin(store.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "test", "staff/7"), now=store.clock.now())
    await store.work()
    assert await store.stock() == {"TEA": (5, 0)}
    assert (await store.checks(order_id))[1] == "pending"


async def test_people_who_decided_have_the_last_word(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order(line("TEA", 2))
    await by_hand(store, order_id, "failed", "all broken")
    await store.work()
    assert (await store.checks(order_id))[1] == "failed"
    assert await store.kinds(order_id) == ["order.placed", "stock.checked", "issue.opened"]


async def test_what_people_say_is_there_is_reserved_as_far_as_the_ledger_has_it(store: Store) -> None:
    await store.has(TEA=5)
    there, not_there = await store.order(line("TEA", 2)), await store.order(line("TEA", 9))
    for order_id in (there, not_there):
        await by_hand(store, order_id, "passed", "counted myself")
    await store.work()
    assert [(await store.checks(order))[1] for order in (there, not_there)] == ["passed", "passed"]
    assert (await store.stock(), await store.issues(not_there)) == ({"TEA": (5, 2)}, [])


async def test_a_changed_order_lacks_goods_while_it_is_being_shipped(store: Store) -> None:
    await store.has(TEA=3)
    order_id = await store.order(line("TEA", 2))
    await store.work()
    await told(store.begin, "UPDATE orders SET status = 'processing' RETURNING id")
    await store.relined(order_id, line("TEA", 5))
    await store.errand("check_stock", order_id)
    await store.work()
    assert await store.issues(order_id) == [("out_of_stock", "stock", "open")]
    await store.has(TEA=9)
    await store.work()
    assert await store.issues(order_id) == [("out_of_stock", "stock", "resolved")]
    assert await store.stock() == {"TEA": (9, 5)}


async def test_an_order_that_was_passed_by_hand_is_not_held_by_the_ledger(store: Store) -> None:
    order_id = await store.order(line("TEA", 2))
    await store.has(TEA=1)
    await by_hand(store, order_id, "passed")
    await told(store.begin, "UPDATE orders SET status = 'processing' RETURNING id")
    await store.work()
    assert (await store.issues(order_id), await store.waiting()) == ([], [])


async def test_a_shop_that_has_changed_its_mind_asks_nobody(store: Store) -> None:
    order_id = await store.order()
    await store.decide()
    await store.work()
    assert (await store.checks(order_id), await store.waiting()) == (("pending", "pending", "received", False), [])


async def test_counting_and_ordering_at_once_never_sells_what_is_not_there(store: Store) -> None:
    await store.has(TEA=6)
    for _ in range(5):
        await store.order(line("TEA", 2))
    await asyncio.gather(store.work(at_once=True), store.has(TEA=7))
    # Whoever came first: three orders have their goods, and what was counted holds.
    assert await store.stock() == {"TEA": (7, 6)}
    assert await store.is_sound()
