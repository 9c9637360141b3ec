"""A message sent again: a new one, of the same fact."""

import asyncio

import pytest
from sqlalchemy import select

from tests.clock import FixedClock
from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.delivery.errors import AddressSuppressed, StillUnderWay
from tidings.delivery.resend import ResendMessage, resend_message
from tidings.delivery.suppress import Address, Suppressing, suppress
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import InvalidInput, NotFound
from tidings.kit.scope import Scope


async def resend(mailroom: Mailroom, message_id: object, **how: object) -> MessageRow:
    command = ResendMessage(message_id, "staff/eve", **how)  # type: ignore[arg-type]
    async with mailroom.begin(mailroom.scope) as tx:
        made = await resend_message(tx, command, now=mailroom.clock.now())
    return await mailroom.message(made)


async def suppressed(mailroom: Mailroom, channel: str, address: str) -> None:
    at = Address(mailroom.shop.id, mailroom.mode, channel, address)
    async with mailroom.begin(mailroom.scope) as tx:
        await suppress(tx, [Suppressing(at, "hard_bounce", "att_x")], now=mailroom.clock.now())


async def test_a_resend_is_a_new_message_of_the_same_fact(mailroom: Mailroom, clock: FixedClock) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    old = await mailroom.message(attempt.message_id)
    new = await resend(mailroom, old.id, reason="asked for on the phone")
    assert new.id != old.id
    assert (new.milestone, new.subject, new.order_seq) == (old.milestone, old.subject, old.order_seq)
    assert (new.plan, new.status, new.attempts, new.resend_of) == (old.plan, "pending", 0, old.id)
    assert new.dedupe_key == f"{old.milestone}:{old.subject}:2"
    assert new.valid_until - new.created_at == old.valid_until - old.created_at
    assert await mailroom.value("SELECT id FROM outbox") == new.id
    assert (await mailroom.message(old.id)).status == "sent"
    (record,) = await mailroom.fetch("SELECT actor, data FROM records WHERE kind = 'message.resent'")
    assert record["actor"] == "staff/eve"
    assert (record["data"]["corrected"], "asked for" in str(record["data"])) == (False, False)
    assert await mailroom.value("SELECT words->>'reason' FROM record_words") == "asked for on the phone"
    assert "@" not in str(record["data"])


async def test_a_corrected_address_is_used_alone(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    new = await resend(mailroom, attempt.message_id, address="Other@Sandbox.TEST")
    assert new.plan == [{"channel": "email", "to": "Other@sandbox.test"}]
    assert new.recipient == "Other@sandbox.test"


async def test_another_channel_takes_the_address_that_was_planned_for_it(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    new = await resend(mailroom, attempt.message_id, channel="sms")
    assert new.plan == [{"channel": "sms", "to": "+15005550101"}]


async def test_another_channel_that_was_not_planned_needs_an_address(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    with pytest.raises(InvalidInput) as refusal:
        await resend(mailroom, attempt.message_id, channel="push")
    assert [fault.pointer for fault in refusal.value.faults] == ["/address"]
    new = await resend(mailroom, attempt.message_id, channel="voice", address="+15005550102")
    assert (new.channel, new.recipient) == ("voice", "+15005550102")


async def test_what_is_not_an_address_for_the_channel_is_refused(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    with pytest.raises(InvalidInput):
        await resend(mailroom, attempt.message_id, address="not an address")


async def test_nothing_is_sent_again_to_a_suppressed_address_unless_it_is_corrected(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by, customer={"phone": None})
    await suppressed(mailroom, "email", "Delivered@sandbox.test")
    with pytest.raises(AddressSuppressed):
        await resend(mailroom, attempt.message_id)
    with pytest.raises(AddressSuppressed):
        await resend(mailroom, attempt.message_id, address="delivered@SANDBOX.test")
    assert (await resend(mailroom, attempt.message_id, address="right@sandbox.test")).status == "pending"


async def test_a_suppressed_first_channel_is_passed_over(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await suppressed(mailroom, "email", "delivered@sandbox.test")
    assert (await resend(mailroom, attempt.message_id)).plan == [{"channel": "sms", "to": "+15005550101"}]
    with pytest.raises(AddressSuppressed):
        await resend(mailroom, attempt.message_id, channel="email")


async def test_a_message_that_is_under_way_is_not_sent_twice(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    with pytest.raises(StillUnderWay):
        await resend(mailroom, message.id)


async def test_a_resend_answers_the_task_of_the_dead_message(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), customer={"phone": None})
    await mailroom.hear(attempt, "bounced")
    await resend(mailroom, attempt.message_id, address="right@sandbox.test")
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    assert (await mailroom.message(attempt.message_id)).status == "failed"


async def test_parallel_resends_are_different_occurrences(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await asyncio.gather(*(resend(mailroom, attempt.message_id) for _ in range(4)))
    async with mailroom.begin(mailroom.scope) as tx:
        keys = (await tx.session.scalars(select(MessageRow.dedupe_key))).all()
    assert sorted(key.rpartition(":")[2] for key in keys) == ["1", "2", "3", "4", "5"]


async def test_a_resend_of_a_resend_counts_on(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    attempt = await mailroom.sent(email)
    second = await resend(mailroom, attempt.message_id)
    await mailroom.attempt(second, email)
    third = await resend(mailroom, second.id)
    assert third.dedupe_key.endswith(":3")
    assert third.resend_of == second.id


async def test_a_message_of_the_other_mode_or_of_nobody_is_not_found(mailroom: Mailroom) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    for scope, wanted in ((Scope(mailroom.shop.id, "live"), attempt.message_id), (mailroom.scope, new_id())):
        with pytest.raises(NotFound):
            async with mailroom.begin(scope) as tx:
                await resend_message(tx, ResendMessage(wanted, "staff/eve"), now=mailroom.clock.now())


async def test_a_message_that_could_not_be_rendered_and_is_sent_again_is_nobodys_task_any_more(
    mailroom: Mailroom,
) -> None:
    attempt = await mailroom.sent(await mailroom.connect("email"), status="failed", then="failed")
    await opened(mailroom, wire("msg", attempt.message_id), "message_unrenderable")
    await resend(mailroom, attempt.message_id)
    (task,) = await mailroom.fetch("SELECT status, outcome FROM tasks")
    assert tuple(task) == ("dropped", "the message was sent again")
