"""Receipts on a real database: in any order, doubled, late, too early, and at once."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from tests.clock import FixedClock
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


async def test_a_bounce_puts_the_message_back_on_its_next_channel_and_its_clock_runs_again(mailroom: Mailroom) -> None:
    email, _sms = await mailroom.connect("email"), await mailroom.connect("sms")
    attempt = await mailroom.sent(email)
    assert await mailroom.value("SELECT met_at FROM deadlines") is not None
    await mailroom.hear(attempt, "bounced", detail={"code": "5.1.1", "reason": "no such mailbox"})
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.step, message.channel, message.recipient) == ("sending", 1, "sms", "+15005550101")
    assert message.reason == "email bounced: no such mailbox [5.1.1]; goes on by sms"
    assert (message.tries, message.refused_by) == (0, [])
    (work,) = await mailroom.fetch("SELECT queue, due_at <= now() AS due, lease_token FROM outbox")
    assert (work["queue"], work["due"], work["lease_token"]) == ("sms", True, None)
    (clock,) = await mailroom.fetch("SELECT met_at, met_by, missed_at FROM deadlines")
    assert (clock["met_at"], clock["met_by"], clock["missed_at"]) == (None, None, None)
    assert await mailroom.value("SELECT data->>'message' FROM records WHERE kind = 'deadline.reopened'")
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'message.resumed'") == 1
    assert await mailroom.value("SELECT reason FROM suppressions WHERE address = 'delivered@sandbox.test'") == (
        "hard_bounce"
    )
    assert await mailroom.value("SELECT count(*) FROM tasks") == 0


async def test_a_bounce_after_delivered_without_another_channel_is_dead_and_a_task_is_open(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), customer=NO_PHONE)
    await mailroom.hear(attempt, "delivered")
    mailroom.clock.advance(timedelta(hours=2))
    await mailroom.hear(attempt, "bounced", detail={"reason": "mailbox gone"})
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.delivered_at) == ("failed", None)
    assert message.reason == "email bounced: mailbox gone; there is no other way left"
    (task,) = await mailroom.fetch("SELECT kind, order_id, data FROM tasks")
    assert (task["kind"], task["order_id"]) == ("message_dead", attempt.order_id)
    assert task["data"]["message"] == f"msg_{attempt.message_id.hex}"
    # The promise was one business hour; it is known now that it was not kept.
    assert await mailroom.value("SELECT missed_at FROM deadlines") == mailroom.clock.now()
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


async def test_a_next_channel_without_a_connection_is_no_way(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "failed")
    assert (await mailroom.message(attempt.message_id)).status == "failed"


async def test_a_failure_that_may_pass_is_tried_once_more_after_a_wait(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"email": None, "preferred_channel": "sms"})
    await mailroom.hear(attempt, "failed", detail={"may_pass": True, "reason": "handset off"})
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.channel, message.step) == ("sending", "sms", 0)
    assert message.reason == "sms failed: handset off; once more by sms in 5 minutes"
    assert await mailroom.value("SELECT due_at > now() + interval '4 minutes' FROM outbox")
    again = await mailroom.attempt(message, sms)
    await mailroom.hear(again, "failed", detail={"may_pass": True})
    assert (await mailroom.message(attempt.message_id)).status == "failed"


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


async def test_a_dead_message_that_arrives_after_all_is_delivered_and_its_task_goes_away(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), customer=NO_PHONE, status="uncertain")
    await mailroom.hear(attempt, "failed")
    assert await mailroom.value("SELECT status FROM tasks") == "open"
    await mailroom.hear(attempt, "delivered")
    assert (await mailroom.message(attempt.message_id)).status == "delivered"
    (task,) = await mailroom.fetch("SELECT status, closed_by, outcome FROM tasks")
    assert tuple(task) == ("dropped", "system", "a receipt has come")
    assert await mailroom.value("SELECT met_at IS NOT NULL FROM deadlines")


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


async def test_complaints_and_opt_outs_stand_beside_the_status_and_suppress(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "delivered")
    mailroom.clock.advance(timedelta(minutes=5))
    await mailroom.hear(attempt, "complained", "opted_out")
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.complained_at) == ("delivered", mailroom.clock.now())
    assert message.opted_out_at == mailroom.clock.now()
    (row,) = await mailroom.fetch("SELECT reason, source, ends_at FROM suppressions")
    assert tuple(row) == ("complaint", f"att_{attempt.id.hex}", None)


async def test_the_earliest_instant_counts_and_none_lies_after_we_heard_of_it(mailroom: Mailroom) -> None:
    attempt, now = await mailroom.sent(await mailroom.connect("email")), mailroom.clock.now()
    await mailroom.hear(attempt, "delivered", at=now + timedelta(days=9))
    assert (await mailroom.message(attempt.message_id)).delivered_at == now
    await mailroom.hear(attempt, "delivered", key="again", at=now - timedelta(minutes=3))
    assert (await mailroom.message(attempt.message_id)).delivered_at == now - timedelta(minutes=3)


async def test_a_poorer_repeat_does_not_erase_the_error(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("sms"))
    await mailroom.hear(attempt, "failed", detail={"code": "30007", "reason": "filtered"})
    await mailroom.hear(attempt, "failed", key="again")
    assert await mailroom.value("SELECT error->>'code' FROM attempts") == "30007"


async def test_a_receipt_that_came_at_last_is_not_overdue_any_more(mailroom: Mailroom, clock: FixedClock) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET receipt_due_at = $1, receipt_overdue = true", clock.now())
    await mailroom.hear(attempt, "sent")
    assert (await mailroom.message(attempt.message_id)).receipt_overdue
    await mailroom.hear(attempt, "delivered")
    assert not (await mailroom.message(attempt.message_id)).receipt_overdue


async def test_receipts_touch_no_other_message_of_the_order(mailroom: Mailroom, begin: Begin, shop: Shop) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    other = await mailroom.owed()
    await mailroom.hear(attempt, "delivered")
    assert (await mailroom.message(other.id)).status == "pending"
