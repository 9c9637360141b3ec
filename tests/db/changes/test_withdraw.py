import pytest

from tests.fixtures.facts import facts, messages, records, tasks, told
from tests.fixtures.wishes import Desk
from tidings.changes.errors import ChangeDecided
from tidings.changes.load import HeldRequest
from tidings.changes.withdraw import WithdrawChange, withdraw_change


async def withdrawn(desk: Desk, held: HeldRequest) -> HeldRequest:
    async with desk.begin(desk.shop.scope) as tx:
        command = WithdrawChange(held.row.id, "changed her mind", "staff/anna")
        return await withdraw_change(tx, command, now=desk.clock.now())


async def test_the_outcomes_clock_ends_and_nobody_is_told(desk: Desk) -> None:
    order_id = await desk.order()
    asked = await desk.asked(order_id)
    before = await messages(desk.begin, desk.shop, order_id)
    assert (await withdrawn(desk, asked)).row.status == "withdrawn"
    clocks = await told(desk.begin, "SELECT kind, cancelled_at FROM deadlines WHERE kind LIKE 'change%' ORDER BY kind")
    assert [(clock["kind"], clock["cancelled_at"]) for clock in clocks] == [
        ("change_acknowledged", None), ("change_decided", desk.clock.now()),
    ]  # fmt: skip
    assert (await facts(desk.begin, desk.shop, order_id))[-1]["kind"] == "change.withdrawn"
    assert await messages(desk.begin, desk.shop, order_id) == before
    assert await tasks(desk.begin, desk.shop, order_id) == [("decide_change", "dropped")]
    assert "deadline.cancelled" in [record["kind"] for record in await records(desk.begin, desk.shop, order_id)]


async def test_what_has_an_outcome_is_not_taken_back(desk: Desk) -> None:
    held = await desk.done(await desk.order())
    with pytest.raises(ChangeDecided) as refusal:
        await withdrawn(desk, held)
    assert refusal.value.members["decided_by"] == "staff/anna"
