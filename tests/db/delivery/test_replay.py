"""Dead messages put back into the outbox."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.affected import MessageKey
from tidings.delivery.errors import NotDead
from tidings.delivery.replay import ReplayMessages, replay_messages
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id


def key(row: MessageRow) -> MessageKey:
    return MessageKey(row.storefront_id, row.order_id, row.id)


async def replay(mailroom: Mailroom, *keys: MessageKey) -> int:
    async with mailroom.begin.across() as tx:
        return await replay_messages(tx, ReplayMessages(keys, "staff/eve", "mended"), now=mailroom.clock.now())


async def test_a_dead_message_begins_again_at_its_first_channel(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    await mailroom.connect("sms")
    attempt = await mailroom.sent(email)
    await mailroom.hear(attempt, "bounced")
    message = await mailroom.message(attempt.message_id)
    sms = await mailroom.attempt(message, await mailroom.connect("sms"))
    await mailroom.hear(sms, "failed")
    dead = await mailroom.message(message.id)
    assert (dead.status, dead.step) == ("failed", 1)
    mailroom.clock.advance(timedelta(days=5))
    assert await replay(mailroom, key(dead)) == 1
    again = await mailroom.message(message.id)
    assert (again.status, again.step, again.channel) == ("sending", 0, "email")
    assert again.valid_until == mailroom.clock.now() + timedelta(hours=24)
    assert await mailroom.value("SELECT queue FROM outbox") == "email"
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.replayed'") == "staff/eve"


async def test_a_parked_message_is_claimable_again(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET parked_at = now(), due_at = 'infinity', lost_leases = 3")
    assert await replay(mailroom, key(message)) == 1
    (work,) = await mailroom.fetch("SELECT parked_at, lost_leases, due_at <= now() AS due FROM outbox")
    assert tuple(work) == (None, 0, True)
    assert (await mailroom.message(message.id)).status == "pending"


async def test_a_message_that_is_not_dead_is_not_sent_twice(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    with pytest.raises(NotDead):
        await replay(mailroom, MessageKey(*attempt[:3]))
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


async def test_what_is_not_there_is_passed_over(mailroom: Mailroom) -> None:
    assert await replay(mailroom, MessageKey(mailroom.shop.id, new_id(), new_id())) == 0
