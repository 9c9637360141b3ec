"""Dead messages given up."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.affected import MessageKey
from tidings.delivery.drop import DropMessages, drop_messages
from tidings.delivery.errors import NotDead
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id


def key(row: MessageRow) -> MessageKey:
    return MessageKey(row.storefront_id, row.order_id, row.id)


async def drop(mailroom: Mailroom, *keys: MessageKey, reason: str | None = "told by telephone") -> int:
    async with mailroom.begin.across() as tx:
        return await drop_messages(tx, DropMessages(keys, "staff/eve", reason), now=mailroom.clock.now())


async def dead(mailroom: Mailroom) -> MessageRow:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "bounced")
    return await mailroom.message(attempt.message_id)


async def test_a_dead_message_stays_dead_and_its_task_is_closed(mailroom: Mailroom) -> None:
    message = await dead(mailroom)
    assert message.status == "failed"
    assert await mailroom.value("SELECT count(*) FROM tasks WHERE status = 'open'") == 1
    assert await drop(mailroom, key(message)) == 1
    after = await mailroom.message(message.id)
    assert (after.status, after.reason) == ("failed", "given up: told by telephone")
    assert await mailroom.value("SELECT count(*) FROM tasks WHERE status = 'open'") == 0
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.dropped'") == "staff/eve"


async def test_a_parked_message_that_never_left_is_cancelled_and_its_work_gone(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET parked_at = now(), due_at = 'infinity', lost_leases = 3")
    assert await drop(mailroom, key(message), reason=None) == 1
    after = await mailroom.message(message.id)
    assert (after.status, after.reason) == ("cancelled", "given up")
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


async def test_a_parked_message_that_may_have_left_is_called_failed(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET attempts = 1, status = 'sending'")
        await tx.raw.execute("UPDATE outbox SET parked_at = now(), due_at = 'infinity', lost_leases = 3")
    await drop(mailroom, key(message))
    assert (await mailroom.message(message.id)).status == "failed"


async def test_a_message_that_may_still_go_is_not_given_up(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    with pytest.raises(NotDead):
        await drop(mailroom, key(message))
    assert await mailroom.value("SELECT count(*) FROM outbox") == 1


async def test_what_is_not_there_is_passed_over(mailroom: Mailroom) -> None:
    assert await drop(mailroom, MessageKey(mailroom.shop.id, new_id(), new_id())) == 0
