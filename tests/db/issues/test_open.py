"""Issues hold the order, are somebody's task, and are told to the customer."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.db.issues.counter import Counter
from tests.fixtures.facts import facts, records, told
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import InvalidInput, NotFound
from tidings.orders.errors import IllegalMove
from tidings.orders.states import ORDER_STATUSES

# Where the shop is.
BERLIN = ZoneInfo("Europe/Berlin")


async def test_an_issue_holds_its_order_and_is_told_and_somebodys_task(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(
        order_id, kind="out_of_stock", about="stock", details="Sold out.", next_steps="We order it anew.",
        owner="staff/anna", due_at=counter.later(hours=4), reason="sold out",
    )  # fmt: skip
    order = await counter.look(order_id)
    assert (order.row.on_hold, order.row.version, order.row.status) == (True, 2, "received")
    assert await counter.kinds(order_id) == ["issue.opened"]
    assert await counter.owed(order_id) == ["issue_notification"]
    (task,) = await told(counter.begin, "SELECT kind, status, owner, due_at, dedupe_key FROM tasks")
    assert task == {
        "kind": "handle_issue", "status": "open", "owner": "staff/anna", "due_at": counter.later(hours=4),
        "dedupe_key": f"handle_issue:{wire('iss', row.id)}",
    }  # fmt: skip
    clocks = await told(counter.begin, "SELECT kind, due_at FROM deadlines WHERE kind = 'issue_notification'")
    assert clocks == [{"kind": "issue_notification", "due_at": counter.later(minutes=30)}]


async def test_what_nobody_gives_a_time_is_due_as_the_shops_policy_says(counter: Counter) -> None:
    await counter.rule(issue_settled_within_minutes=60)
    by_machine = await counter.open(await counter.order())
    by_hand = await counter.open_by_hand(await counter.order())
    due_at = counter.later(hours=1)
    assert [row.due_at for row in (by_machine, by_hand)] == [due_at, due_at]
    assert await told(counter.begin, "SELECT due_at FROM tasks") == [{"due_at": due_at}] * 2


async def test_the_snapshot_tells_the_issue_and_the_record_no_words_of_it(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id, kind="address_problem", details="At Ada's there is no bell.", reason="no bell")
    *_, fact = await facts(counter.begin, counter.shop, order_id)
    assert fact["snapshot"]["issue"]["details"] == "At Ada's there is no bell."
    assert fact["snapshot"]["issue"]["id"] == wire("iss", row.id)
    assert fact["snapshot"]["order"]["on_hold"] is True
    *_, record = await records(counter.begin, counter.shop, order_id)
    assert (record["subject"], record["words"]) == (wire("iss", row.id), {"reason": "no bell"})
    assert "Ada" not in str(record["data"])


async def test_the_same_thing_about_the_same_order_is_one_issue_while_it_is_open(counter: Counter) -> None:
    order_id, other = await counter.order(), await counter.order()
    opened = [await counter.open(order_id, kind="payment_error", about="payment") for _ in range(2)]
    assert opened[0].id == opened[1].id
    assert (await counter.open(other, kind="payment_error", about="payment")).id != opened[0].id
    assert (await counter.open(order_id, kind="out_of_stock", about="stock")).id != opened[0].id
    await counter.resolve(opened[0].id)
    assert (await counter.open(order_id, kind="payment_error", about="payment")).id != opened[0].id


async def test_two_who_open_the_same_at_once_open_one(counter: Counter) -> None:
    order_id = await counter.order()
    rows = await asyncio.gather(*(counter.open(order_id, kind="out_of_stock", about="stock") for _ in range(4)))
    assert len({row.id for row in rows}) == 1
    assert await counter.owed(order_id) == ["issue_notification"]


async def test_what_another_message_tells_is_not_told_twice(counter: Counter) -> None:
    order_id = await counter.order()
    row = await counter.open(order_id, is_told=False)
    assert await counter.owed(order_id) == []
    assert await told(counter.begin, "SELECT id FROM deadlines WHERE kind = 'issue_notification'") == []
    await counter.resolve(row.id)
    assert await counter.owed(order_id) == []


async def test_whom_the_policy_names_settles_what_nobody_else_was_named_for(counter: Counter) -> None:
    await counter.rule(desk={"owner": "staff/anna", "delegate": "staff/bo"})
    order_id = await counter.order()
    assert (await counter.open(order_id)).owner == "staff/anna"
    assert (await counter.open(order_id, owner="staff/eve")).owner == "staff/eve"


async def test_while_the_owner_is_out_the_delegate_settles_it(counter: Counter) -> None:
    today = str(counter.clock.now().astimezone(BERLIN).date())
    desk = {"owner": "staff/anna", "delegate": "staff/bo", "owner_out": [{"first": today, "last": today}]}
    await counter.rule(desk=desk)
    order_id = await counter.order()
    assert (await counter.open(order_id)).owner == "staff/bo"
    assert await told(counter.begin, "SELECT owner FROM tasks") == [{"owner": "staff/bo"}]
    # Not one: a day on which clocks are set back is an hour longer.
    counter.clock.advance(timedelta(days=2))
    assert (await counter.open(order_id)).owner == "staff/anna"


@pytest.mark.parametrize("status", ORDER_STATUSES)
async def test_staff_open_issues_of_orders_that_have_not_ended(status: str, counter: Counter) -> None:
    order_id = await counter.order(status=status)
    if status in {"completed", "cancelled"}:
        with pytest.raises(IllegalMove, match="has ended"):
            await counter.open_by_hand(order_id)
        assert await counter.issues() == []
        return
    await counter.open_by_hand(order_id)
    assert await counter.on_hold(order_id)


async def test_staff_may_open_several_of_the_same_kind(counter: Counter) -> None:
    order_id = await counter.order()
    assert len({(await counter.open_by_hand(order_id)).id for _ in range(2)}) == 2


async def test_nothing_is_due_before_it_begins(counter: Counter) -> None:
    order_id = await counter.order()
    with pytest.raises(InvalidInput) as refusal:
        await counter.open_by_hand(order_id, due_at=counter.clock.now())
    assert [fault.pointer for fault in refusal.value.faults] == ["/due_at"]
    assert (await counter.open_by_hand(order_id, due_at=counter.later(seconds=1))).due_at == (
        counter.clock.now() + timedelta(seconds=1)
    )


async def test_there_is_no_issue_without_an_order(counter: Counter) -> None:
    for order_id in (None, new_id()):
        with pytest.raises(NotFound):
            await counter.open_by_hand(order_id)
