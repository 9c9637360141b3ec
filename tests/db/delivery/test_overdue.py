"""Receipts that were promised and did not come."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.overdue import mark_overdue
from tidings.kit.db import Begin


async def promised(mailroom: Mailroom, within: timedelta) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    async with mailroom.begin.across() as tx:
        due = mailroom.clock.now() + within
        await tx.raw.execute("UPDATE messages SET receipt_due_at = $1 WHERE id = $2", due, attempt.message_id)


async def test_an_overdue_receipt_is_marked_once_and_given_to_a_person(mailroom: Mailroom, worker_begin: Begin) -> None:
    await promised(mailroom, timedelta(minutes=1))
    await promised(mailroom, timedelta(minutes=3))
    now = mailroom.clock.advance(timedelta(minutes=2))
    assert await mark_overdue(worker_begin, now) == 1
    assert await mark_overdue(worker_begin, now) == 0
    (message,) = await mailroom.fetch("SELECT id, status FROM messages WHERE receipt_overdue")
    assert message["status"] == "sent"
    (task,) = await mailroom.fetch("SELECT kind, data FROM tasks")
    assert (task["kind"], task["data"]["message"]) == ("receipt_overdue", f"msg_{message['id'].hex}")
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'receipt.overdue'") == 1


async def test_more_than_a_batch_is_marked_to_the_end(mailroom: Mailroom, worker_begin: Begin) -> None:
    for _ in range(5):
        await promised(mailroom, timedelta())
    assert await mark_overdue(worker_begin, mailroom.clock.now(), batch=2) == 5


async def test_the_receipt_that_comes_after_all_closes_the_task(mailroom: Mailroom, worker_begin: Begin) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET receipt_due_at = $1", mailroom.clock.now())
    await mark_overdue(worker_begin, mailroom.clock.now())
    await mailroom.hear(attempt, "delivered")
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"


async def test_nobody_is_to_ask_about_a_customer_who_was_erased(mailroom: Mailroom, worker_begin: Begin) -> None:
    await promised(mailroom, timedelta())
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET recipient = '', plan = '[]'")
    assert await mark_overdue(worker_begin, mailroom.clock.now()) == 1
    assert await mailroom.value("SELECT count(*) FROM tasks") == 0
    assert await mark_overdue(worker_begin, mailroom.clock.now()) == 0
