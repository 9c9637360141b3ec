from tests.db.verification.store import Store
from tests.fixtures.facts import messages, tasks, told
from tidings.issues.resolve import ResolveIssue, resolve_issue
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.load import order_for_update
from tidings.verification.decide import DecideCheck, decide_check
from tidings.verification.hand_over import hand_over, take_back


async def test_people_are_asked_once_and_the_customer_is_not_told(store: Store) -> None:
    order_id = await store.order()
    for _ in range(2):
        async with store.begin(store.shop.scope) as tx:
            await hand_over(tx, await order_for_update(tx, order_id), "payment", "no answer", store.by)
    assert await store.issues(order_id) == [("other", "payment_unverified", "open")]
    assert sorted(await tasks(store.begin, store.shop, order_id)) == [
        ("handle_issue", "open"),
        ("verify_by_hand", "open"),
    ]
    assert [milestone for milestone, _ in await messages(store.begin, store.shop, order_id)] == ["order_confirmation"]
    (task,) = await told(store.begin, "SELECT data ->> 'check' AS c, data ->> 'reason' AS r FROM tasks"
                                      " WHERE kind = 'verify_by_hand'")  # fmt: skip
    assert (task["c"], task["r"]) == ("payment", "no answer")


async def test_what_is_decided_is_taken_back_without_a_word(store: Store) -> None:
    order_id = await store.order()
    async with store.begin(store.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        for check in ("payment", "stock"):
            await hand_over(tx, order, check, "no answer", store.by)  # type: ignore[arg-type]
        await take_back(tx, order, "payment", store.by)
        assert order.row.on_hold
        await take_back(tx, order, "stock", store.by)
        assert not order.row.on_hold
    assert {status for _, status in await tasks(store.begin, store.shop, order_id)} == {"dropped"}
    assert len(await messages(store.begin, store.shop, order_id)) == 1


async def test_nobody_needs_to_find_out_about_a_cancelled_order(store: Store) -> None:
    order_id = await store.order()
    async with store.begin(store.shop.scope) as tx:
        await hand_over(tx, await order_for_update(tx, order_id), "stock", "no answer", store.by)
    async with store.begin(store.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "test", "staff/7"), now=store.clock.now())
    assert ("verify_by_hand", "dropped") in await tasks(store.begin, store.shop, order_id)


async def test_an_issue_that_was_settled_before_its_check_leaves_a_task_that_the_check_closes(store: Store) -> None:
    order_id = await store.order()
    for outcome in ("failed", "passed"):
        async with store.begin(store.shop.scope) as tx:
            command = DecideCheck(order_id, "payment", outcome, None, "staff/7")  # type: ignore[arg-type]
            await decide_check(tx, command, now=store.clock.now())
        if outcome == "failed":
            (issue,) = await told(store.begin, "SELECT id FROM issues")
            async with store.begin(store.shop.scope) as tx:
                await resolve_issue(tx, ResolveIssue(issue["id"], "Paid by bank transfer."), store.by)
            assert ("verify_by_hand", "open") in await tasks(store.begin, store.shop, order_id)
    assert {status for _, status in await tasks(store.begin, store.shop, order_id)} == {"dropped"}
