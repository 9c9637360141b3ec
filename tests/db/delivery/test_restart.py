"""Promises of messages that came back: kept by another message, or running again."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.resend import ResendMessage, resend_message
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import wire

CLOCK = "SELECT met_at, met_by FROM deadlines"


async def resent(mailroom: Mailroom, message: MessageRow) -> MessageRow:
    async with mailroom.begin(mailroom.scope) as tx:
        command = ResendMessage(message.id, "staff/eve", address="right@sandbox.test")
        new = await resend_message(tx, command, now=mailroom.clock.now())
    return await mailroom.message(new)


@pytest.mark.parametrize("customer", [{"phone": None}, {}])
async def test_a_resend_that_went_out_keeps_the_promise_when_the_first_message_comes_back_late(
    mailroom: Mailroom, customer: dict[str, None]
) -> None:
    email, _ = await mailroom.connect("email"), await mailroom.connect("sms")
    first = await mailroom.sent(email, customer=customer)
    mailroom.clock.advance(timedelta(minutes=6))
    again = await resent(mailroom, await mailroom.message(first.message_id))
    second = await mailroom.attempt(again, email, status="uncertain", then="sending")
    await mailroom.hear(second, "delivered")
    told_at = mailroom.clock.now()
    assert (await mailroom.fetch(CLOCK))[0]["met_by"] == wire("msg", first.message_id)
    mailroom.clock.advance(timedelta(hours=1))
    await mailroom.hear(first, "bounced")
    (clock,) = await mailroom.fetch(CLOCK)
    assert tuple(clock) == (told_at, wire("msg", again.id))
    assert await mailroom.fetch("SELECT kind FROM records WHERE kind = 'deadline.reopened'") == []
    (record,) = await mailroom.fetch("SELECT data FROM records WHERE kind = 'deadline.handed_over'")
    assert (record["data"]["message"], record["data"]["by"]) == (wire("msg", first.message_id), wire("msg", again.id))


async def test_once_the_resend_comes_back_too_the_clock_runs_again(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    first = await mailroom.sent(email, customer={"phone": None})
    again = await resent(mailroom, await mailroom.message(first.message_id))
    second = await mailroom.attempt(again, email, status="uncertain", then="sending")
    await mailroom.hear(second, "delivered")
    await mailroom.hear(first, "bounced")
    await mailroom.hear(second, "bounced")
    assert tuple((await mailroom.fetch(CLOCK))[0]) == (None, None)
    assert await mailroom.value("SELECT data->>'message' FROM records WHERE kind = 'deadline.reopened'") == (
        wire("msg", again.id)
    )


@pytest.mark.parametrize("then", ["sending", "failed"])
async def test_a_resend_that_nobody_has_keeps_nothing(mailroom: Mailroom, then: str) -> None:
    email = await mailroom.connect("email")
    first = await mailroom.sent(email, customer={"phone": None})
    again = await resent(mailroom, await mailroom.message(first.message_id))
    await mailroom.attempt(again, email, status="uncertain", then=then)
    await mailroom.hear(first, "bounced")
    assert tuple((await mailroom.fetch(CLOCK))[0]) == (None, None)


async def test_what_the_same_order_is_told_of_otherwise_keeps_nothing(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    first = await mailroom.sent(email, customer={"phone": None})
    again = await resent(mailroom, await mailroom.message(first.message_id))
    await mailroom.attempt(again, email, status="accepted", then="delivered")
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET dedupe_key = 'order_confirmation:ord_x:2' WHERE id = $1", again.id)
    await mailroom.hear(first, "bounced")
    assert tuple((await mailroom.fetch(CLOCK))[0]) == (None, None)
