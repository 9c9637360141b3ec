"""Receipts on a real database: in any order, doubled, late, too early, and at once."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.affected import MessageKey
from tidings.delivery.receive import receive_receipts, reconsider
from tidings.delivery.states import ReceiptStatus
from tidings.kit.db import Begin

NO_PHONE = {"phone": None}


async def test_a_delivered_receipt_makes_attempt_and_message_delivered(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "accepted", "sent", "delivered")
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.delivered_at, message.receipt_due_at) == ("delivered", mailroom.clock.now(), None)
    assert await mailroom.value("SELECT status FROM attempts") == "delivered"
    assert await mailroom.value("SELECT count(*) FROM receipts") == 3
    kinds = await mailroom.fetch("SELECT data->>'status' FROM records WHERE kind = 'receipt.received' ORDER BY id")
    assert [row[0] for row in kinds] == ["accepted", "sent", "delivered"]


async def test_expectation_7_receipts_in_any_order_give_the_right_status(mailroom: Mailroom) -> None:
    """Every order of four receipts, each doubled, heard one by one, ends in one state of attempt and message."""
    by = await mailroom.connect("email")
    statuses: tuple[ReceiptStatus, ...] = ("accepted", "sent", "delivered", "bounced")
    ends = set()
    for order in permutations(statuses):
        attempt = await mailroom.sent(by, customer=NO_PHONE)
        for status in (*order, *reversed(order)):
            await mailroom.hear(attempt, status)
        message = await mailroom.message(attempt.message_id)
        ends.add((message.status, await mailroom.value("SELECT status FROM attempts WHERE id = $1", attempt.id)))
    assert ends == {("failed", "bounced")}
    assert await mailroom.value("SELECT count(*) FROM receipts") == 24 * 4
    assert await mailroom.value("SELECT count(*) FROM tasks WHERE kind = 'message_dead'") == 24


async def test_a_sent_that_comes_after_delivered_changes_nothing(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "delivered")
    delivered_at = mailroom.clock.now()
    mailroom.clock.advance(timedelta(minutes=1))
    await mailroom.hear(attempt, "sent", "accepted", "deferred", "failed")
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.delivered_at) == ("delivered", delivered_at)


async def test_a_repeated_receipt_is_kept_once_and_recorded_once(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    for _ in range(3):
        await mailroom.hear(attempt, "delivered", "delivered")
    assert await mailroom.value("SELECT count(*) FROM receipts") == 1
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'receipt.received'") == 1


async def test_two_parallel_deliveries_of_the_same_receipt_act_once(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), customer=NO_PHONE)
    await asyncio.gather(*(mailroom.hear(attempt, "bounced") for _ in range(4)))
    assert await mailroom.value("SELECT count(*) FROM receipts") == 1
    assert await mailroom.value("SELECT count(*) FROM tasks") == 1
    assert await mailroom.value("SELECT count(*) FROM suppressions") == 1


async def test_parallel_receipts_about_many_messages_in_any_order_do_not_lock_each_other_out(
    mailroom: Mailroom,
) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by) for _ in range(6)]

    async def hear_all(order: list[int], status: ReceiptStatus) -> None:
        async with mailroom.begin(mailroom.scope) as tx:
            receipts = [mailroom.receipt(attempts[place], status) for place in order]
            await receive_receipts(tx, receipts, now=mailroom.clock.now())

    await asyncio.gather(
        hear_all([0, 1, 2, 3, 4, 5], "sent"),
        hear_all([5, 4, 3, 2, 1, 0], "delivered"),
        hear_all([3, 4, 5, 0, 1, 2], "accepted"),
    )
    assert {row[0] for row in await mailroom.fetch("SELECT status FROM messages")} == {"delivered"}
    assert await mailroom.value("SELECT count(*) FROM receipts") == 18


async def test_a_receipt_for_an_attempt_that_a_fallback_has_overtaken_reopens_nothing(mailroom: Mailroom) -> None:
    email, sms = await mailroom.connect("email"), await mailroom.connect("sms")
    first = await mailroom.sent(email)
    await mailroom.hear(first, "bounced")
    second = await mailroom.attempt(await mailroom.message(first.message_id), sms)
    await mailroom.hear(second, "delivered")
    await mailroom.hear(first, "failed", key="again")
    message = await mailroom.message(first.message_id)
    assert (message.status, message.channel, message.step) == ("delivered", "sms", 1)
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT met_at IS NOT NULL FROM deadlines")


async def test_a_late_bounce_of_the_first_channel_leaves_an_accepted_fallback_alone(mailroom: Mailroom) -> None:
    email, sms = await mailroom.connect("email"), await mailroom.connect("sms")
    message = await mailroom.owed()
    first = await mailroom.attempt(message, email, status="uncertain", then="sending", has_work=True)
    await mailroom.attempt(message, sms)
    await mailroom.hear(first, "bounced")
    assert (await mailroom.message(message.id)).status == "sent"
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT count(*) FROM suppressions") == 1


@pytest.mark.parametrize("ended", ["superseded", "cancelled", "suppressed", "failed"])
async def test_bad_news_of_a_message_that_has_ended_reopens_nothing(mailroom: Mailroom, ended: str) -> None:
    email = await mailroom.connect("email")
    await mailroom.connect("sms")
    attempt = await mailroom.sent(email, status="uncertain", then=ended)
    await mailroom.hear(attempt, "bounced")
    assert (await mailroom.message(attempt.message_id)).status == ended
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT status FROM attempts") == "bounced"


async def test_a_receipt_that_overtakes_our_own_commit_settles_the_uncertain_attempt(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    message = await mailroom.owed()
    attempt = await mailroom.attempt(message, email, status="uncertain", then="sending", has_work=True)
    await mailroom.hear(attempt, "accepted", provider_message_id="theirs-1")
    assert (await mailroom.message(message.id)).status == "sent"
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT met_by FROM deadlines") == f"msg_{message.id.hex}"
    assert await mailroom.value("SELECT provider_message_id FROM attempts") == "theirs-1"


async def test_a_bounce_while_the_answer_is_awaited_is_acted_upon_when_the_answer_is_written(
    mailroom: Mailroom,
) -> None:
    email = await mailroom.connect("email")
    await mailroom.connect("sms")
    message = await mailroom.owed()
    attempt = await mailroom.attempt(message, email, status="started", then="sending", has_work=True)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET lease_token = gen_random_uuid(), due_at = now() + interval '1 minute'")
    await mailroom.hear(attempt, "bounced")
    waiting = await mailroom.message(message.id)
    assert (waiting.status, waiting.step) == ("sending", 0)
    # The worker writes down that the provider has taken it.
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("DELETE FROM outbox")
        await tx.raw.execute("UPDATE messages SET status = 'sent'")
        await reconsider(tx, [MessageKey(*attempt[:3])], now=mailroom.clock.now())
    resumed = await mailroom.message(message.id)
    assert (resumed.status, resumed.channel) == ("sending", "sms")
    assert await mailroom.value("SELECT queue FROM outbox") == "sms"


async def test_receipts_touch_no_other_message_of_the_order(mailroom: Mailroom, begin: Begin, shop: Shop) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    other = await mailroom.owed()
    await mailroom.hear(attempt, "delivered")
    assert (await mailroom.message(other.id)).status == "pending"
