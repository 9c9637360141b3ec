"""Messages held, with all that is known of them."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.affected import Affected, affected_by
from tidings.delivery.held import MessageKey, hold_messages
from tidings.kit.ids import new_id


async def known(mailroom: Mailroom, *keys: MessageKey) -> list[Affected]:
    async with mailroom.begin.across() as tx:
        return await affected_by(tx, await hold_messages(tx, keys))


async def test_all_that_was_said_is_told_by_attempt_whatever_the_order(mailroom: Mailroom) -> None:
    email, now = await mailroom.connect("email"), mailroom.clock.now()
    first = await mailroom.sent(email, status="uncertain")
    second = await mailroom.attempt(await mailroom.message(first.message_id), email)
    await mailroom.hear(second, "opted_out", "delivered", "sent")
    await mailroom.hear(second, "delivered", key="again", at=now - timedelta(minutes=1))
    (one,) = await known(mailroom, MessageKey(*first[:3]))
    assert [each.status for each in one.attempts] == ["uncertain", "delivered"]
    assert one.attempts[0].words == {}
    said = one.attempts[1]
    assert set(said.words) == {"opted_out", "delivered", "sent", "again"}
    assert (said.first("delivered"), said.first("opted_out"), said.first("complained")) == (
        now - timedelta(minutes=1), now, None,
    )  # fmt: skip
    assert not said.may_pass


async def test_work_and_a_lease_that_runs_are_seen(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    key = MessageKey(message.storefront_id, message.order_id, message.id)

    async def seen() -> tuple[bool, bool]:
        (one,) = await known(mailroom, key)
        return one.has_work, one.in_hands

    assert await seen() == (True, False)
    lease = "UPDATE outbox SET lease_token = gen_random_uuid(), due_at = now() + $1::interval"
    for ends, in_hands in ((timedelta(minutes=1), True), (timedelta(minutes=-1), False)):
        async with mailroom.begin.across() as tx:
            await tx.raw.execute(lease, ends)
        assert await seen() == (True, in_hands)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("DELETE FROM outbox")
    assert await seen() == (False, False)


async def test_what_is_not_there_is_not_held(mailroom: Mailroom) -> None:
    assert await known(mailroom, MessageKey(mailroom.shop.id, new_id(), new_id())) == []
