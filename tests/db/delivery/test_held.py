"""Messages in hand: locked, changed as values, written back."""

import asyncio
from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.affected import affected_by
from tidings.delivery.held import MessageKey, hold_messages, lock_messages, written_back
from tidings.kit.ids import new_id
from tidings.kit.rows import write


async def test_whoever_locks_waits_for_whoever_holds_and_for_nobody_else(mailroom: Mailroom) -> None:
    rows = [await mailroom.owed() for _ in range(2)]
    keys = [MessageKey(row.storefront_id, row.order_id, row.id) for row in rows]
    order: list[str] = []

    async def lock() -> None:
        async with mailroom.begin.across() as tx:
            await lock_messages(tx, keys[::-1])
            order.append("locked")

    async with mailroom.begin.across() as tx:
        await hold_messages(tx, [keys[0]])
        waiting = asyncio.get_running_loop().create_task(lock())
        await asyncio.sleep(0.2)
        async with mailroom.begin.across() as other:
            await lock_messages(other, [keys[1]])
        order.append("held")
    await waiting
    assert order == ["held", "locked"]


async def test_what_is_changed_in_hand_is_written_and_nothing_else_is(mailroom: Mailroom) -> None:
    email, now = await mailroom.connect("email"), mailroom.clock.now()
    attempts = [await mailroom.sent(email) for _ in range(3)]
    before = {row["id"]: row for row in await mailroom.fetch("SELECT * FROM messages")}
    async with mailroom.begin.across() as tx:
        held = await hold_messages(tx, sorted(MessageKey(*attempt[:3]) for attempt in attempts[:2]))
        for row in held.values():
            row.status, row.refused_by, row.delivered_at = "delivered", ["a"], now + timedelta(minutes=1)
        moved = [each.row for one in await affected_by(tx, held) for each in one.attempts][:1]
        moved[0].error = {"code": "ü"}
        await write(tx, *written_back(held.values(), moved))
    after = {row["id"]: row for row in await mailroom.fetch("SELECT * FROM messages")}
    for attempt in attempts[:2]:
        changed = {
            name for name, value in after[attempt.message_id].items() if value != before[attempt.message_id][name]
        }
        assert changed == {"status", "refused_by", "delivered_at"}
    assert after[attempts[2].message_id] == before[attempts[2].message_id]
    rows = await mailroom.fetch("SELECT error FROM attempts ORDER BY error NULLS LAST")
    assert [row["error"] for row in rows] == [{"code": "ü"}, None, None]


async def test_nothing_in_hand_is_no_trouble(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await hold_messages(tx, []) == {}
        assert await hold_messages(tx, [MessageKey(mailroom.shop.id, new_id(), new_id())]) == {}
        await write(tx, *written_back([]))
