"""What receipts do to a message, written down: its work, its clock, its task, its trail."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.mailroom import Mailroom
from tidings.delivery.states import ReceiptStatus

NO_PHONE = {"phone": None}


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
    # The promise was one business hour: it is open again, and the watch will say that it was missed.
    assert await mailroom.value("SELECT met_at FROM deadlines") is None
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


async def test_a_dead_message_that_arrives_after_all_is_delivered_and_its_task_goes_away(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), customer=NO_PHONE, status="uncertain")
    await mailroom.hear(attempt, "failed")
    assert await mailroom.value("SELECT status FROM tasks") == "open"
    await mailroom.hear(attempt, "delivered")
    assert (await mailroom.message(attempt.message_id)).status == "delivered"
    (task,) = await mailroom.fetch("SELECT status, closed_by, outcome FROM tasks")
    assert tuple(task) == ("dropped", "system", "a receipt has come")
    assert await mailroom.value("SELECT met_at IS NOT NULL FROM deadlines")


@pytest.mark.parametrize("word", ["delivered", "bounced"])
async def test_a_parked_message_of_which_is_heard_is_looked_at_by_nobody_any_more(
    mailroom: Mailroom, word: ReceiptStatus
) -> None:
    """Whoever sent it died before the answer was written down."""
    owed = await mailroom.owed(customer=NO_PHONE)
    attempt = await mailroom.attempt(
        owed, await mailroom.connect("email"), status="started", then="sending", has_work=True
    )
    await mailroom.parked(owed)
    await mailroom.hear(attempt, word)
    assert await mailroom.value("SELECT status FROM tasks WHERE kind = 'message_parked'") == "dropped"
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


async def test_complaints_and_opt_outs_stand_beside_the_status_and_suppress(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "delivered")
    mailroom.clock.advance(timedelta(minutes=5))
    await mailroom.hear(attempt, "complained", "opted_out")
    message = await mailroom.message(attempt.message_id)
    assert (message.status, message.complained_at) == ("delivered", mailroom.clock.now())
    assert message.opted_out_at == mailroom.clock.now()
    rows = await mailroom.fetch("SELECT reason, source, ends_at FROM suppressions ORDER BY reason")
    said = f"att_{attempt.id.hex}"
    assert [tuple(row) for row in rows] == [("complaint", said, None), ("opt_out", said, None)]


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
