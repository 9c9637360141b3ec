"""What is written when a request comes in."""

from datetime import timedelta

import pytest

from tests.fixtures.changes import all_parts, decided_by, euros
from tests.fixtures.facts import facts, messages, records, told
from tests.fixtures.orders import order_body
from tests.fixtures.wishes import CUSTOMER, ELSEWHERE, Desk
from tidings.kit.problem import InvalidInput

HOURS = '{"hours": {"mon": [["09:00", "10:00"]]}}'


async def test_receipt_and_acknowledgement_are_one(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, ELSEWHERE)
    fact = (await facts(desk.begin, desk.shop, order_id))[-1]
    change = fact["snapshot"]["change"]
    assert (fact["kind"], fact["actor"]) == ("change.requested", CUSTOMER.actor)
    assert {name: change[name] for name in ("id", "kind", "reason", "changes", "outcome", "refund")} == {
        "id": held.wire_id, "kind": "modification", "reason": "wishes", "changes": ELSEWHERE,
        "outcome": None, "refund": None,
    }  # fmt: skip
    assert ("change_acknowledged", held.wire_id) in await messages(desk.begin, desk.shop, order_id)
    record = (await records(desk.begin, desk.shop, order_id))[-1]
    assert (record["kind"], record["data"]["parts"]) == ("change.requested", ["shipping_address"])
    assert "Chausseestr" not in str(record["data"]), "no personal data"


async def test_acknowledging_takes_opening_hours_and_telling_takes_hours(desk: Desk) -> None:
    await told(desk.begin, "UPDATE storefronts SET calendar = $1 RETURNING 1", HOURS)
    row = (await desk.asked(await desk.order())).row
    clocks = await told(desk.begin, "SELECT kind, due_at FROM deadlines WHERE kind LIKE 'change%' ORDER BY kind")
    assert [clock["due_at"] for clock in clocks] == [row.acknowledge_due_at, row.notify_due_at]
    assert row.notify_due_at == row.requested_at + timedelta(hours=24)
    assert row.decide_due_at < row.notify_due_at
    assert row.acknowledge_due_at.weekday() == 0


async def test_an_order_that_owes_nothing_owes_no_word_on_it_either(desk: Desk) -> None:
    order_id = await desk.order(notify=False)
    row = (await desk.asked(order_id)).row
    assert row.acknowledge_due_at > row.requested_at
    assert await told(desk.begin, "SELECT 1 FROM deadlines WHERE kind LIKE 'change%'") == []


async def test_what_is_automatic_is_done_before_anybody_looks(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes=all_parts(approval="automatic"))
    order_id = await desk.order()
    held = await desk.asked(order_id)
    assert (held.row.status, held.row.decided_by, held.order.row.status) == ("carried_out", "policy", "cancelled")
    assert [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)][-5:] == [
        "change.requested", "change.decided", "change.carried_out", "order.cancelled", "refund.requested",
    ]  # fmt: skip


async def test_the_price_that_it_would_have_counts_for_the_approvers(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes={"two_approvers_from": 9000})
    order_id = await desk.order()
    assert (await desk.asked(order_id)).row.needs_approvals == 1
    assert (await desk.asked(order_id, {"lines": [{"sku": "TEA-01", "quantity": 9}]})).row.needs_approvals == 2


async def test_a_total_that_no_order_can_have_is_refused(desk: Desk) -> None:
    order_id = await desk.order(order_body(discount={"price": euros(500)}, shipping=None, total=euros(1480)))
    lines = [{"sku": "TEA-01", "quantity": 1, "unit_price": euros(1)}]
    with pytest.raises(InvalidInput) as refusal:
        await desk.asked(order_id, {"lines": lines})
    assert [fault.pointer for fault in refusal.value.faults] == ["/changes/lines"]
