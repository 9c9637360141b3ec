"""Messages that follow a customer: which do, where to, and which are left alone."""

from typing import Any

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.delivery.follow_contact import FollowContact, follow_contact
from tidings.delivery.resend import ResendMessage, resend_message
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import wire

BEFORE = frozenset({"delivered@sandbox.test", "+15005550101"})
AFTER = {"email": "slow@sandbox.test", "sms": "+15005550105", "voice": "+15005550105"}
PLAN = [{"channel": "email", "to": "slow@sandbox.test"}, {"channel": "sms", "to": "+15005550105"}]


async def follow(mailroom: Mailroom, message: MessageRow, plan: Any = PLAN, **after: str) -> int:
    what = FollowContact(message.order_id, BEFORE, after or AFTER, lambda _: plan, "staff/7")
    async with mailroom.begin(mailroom.scope) as tx:
        return len(await follow_contact(tx, what, now=mailroom.clock.now()))


async def test_one_that_waits_begins_again_where_the_customer_is_now(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        # In somebody's hands, who finds that they have lost it.
        await tx.raw.execute("UPDATE outbox SET lease_token = id, due_at = now() + interval '1 hour'")
    assert await follow(mailroom, owed) == 1
    message = await mailroom.message(owed.id)
    assert (message.plan, message.step, message.recipient) == (PLAN, 0, "slow@sandbox.test")
    (work,) = await mailroom.fetch("SELECT queue, lease_token, due_at <= now() AS due FROM outbox")
    assert (work["queue"], work["lease_token"], work["due"]) == ("email", None, True)
    assert await follow(mailroom, owed) == 0


async def test_one_that_failed_so_far_follows_and_one_that_may_have_left_does_not(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    failing, uncertain = await mailroom.owed(), await mailroom.owed()
    await mailroom.attempt(failing, email, status="failed", then="sending", has_work=True)
    await mailroom.attempt(uncertain, email, status="uncertain", then="sending", has_work=True)
    assert await follow(mailroom, failing) == 1
    assert await follow(mailroom, uncertain) == 0
    assert (await mailroom.message(uncertain.id)).recipient == "delivered@sandbox.test"


async def test_what_has_come_to_its_end_stays_but_a_dead_one_would_go_there_again(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    sent, dead = await mailroom.owed(), await mailroom.owed()
    await mailroom.attempt(sent, email)
    await mailroom.attempt(dead, email, status="failed", then="failed")
    task = await opened(mailroom, wire("msg", dead.id), "call_customer", data={"number": "+15005550101"})
    call = [{"channel": "voice", "to": "+15005550105"}]
    assert [await follow(mailroom, sent), await follow(mailroom, dead, call)] == [0, 0]
    assert (await mailroom.message(sent.id)).plan == sent.plan
    message = await mailroom.message(dead.id)
    assert (message.status, message.plan, message.recipient) == ("failed", call, "delivered@sandbox.test")
    # Whoever was asked to call is told the new number.
    assert await mailroom.value("SELECT data->>'number' FROM tasks WHERE id = $1", task) == "+15005550105"


async def test_an_address_that_was_corrected_by_hand_is_meant_and_a_channel_that_was_chosen_stays(
    mailroom: Mailroom,
) -> None:
    email = await mailroom.connect("email")
    owed = await mailroom.owed()
    await mailroom.attempt(owed, email, status="failed", then="failed")
    async with mailroom.begin(mailroom.scope) as tx:
        corrected = await resend_message(
            tx, ResendMessage(owed.id, "staff/7", address="complaint@sandbox.test"), now=mailroom.clock.now()
        )
        chosen = await resend_message(tx, ResendMessage(owed.id, "staff/7", channel="sms"), now=mailroom.clock.now())
    assert await follow(mailroom, owed) == 1
    assert (await mailroom.message(corrected)).recipient == "complaint@sandbox.test"
    assert (await mailroom.message(chosen)).plan == [{"channel": "sms", "to": "+15005550105"}]


async def test_what_tells_of_the_change_itself_goes_where_it_was_to_go(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET milestone = 'contact_changed'")
    assert await follow(mailroom, owed) == 0


async def test_a_customer_who_is_not_reached_any_more_is_a_persons_task(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    assert await follow(mailroom, owed, []) == 1
    message = await mailroom.message(owed.id)
    assert (message.status, message.recipient) == ("suppressed", "delivered@sandbox.test")
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT kind FROM tasks") == "message_dead"


async def test_a_parked_one_that_follows_is_looked_at_by_nobody_any_more(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    await mailroom.parked(owed)
    assert await follow(mailroom, owed) == 1
    assert await mailroom.value("SELECT parked_at FROM outbox") is None
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"


async def test_one_follows_from_a_mailbox_that_was_spelled_otherwise_meanwhile(mailroom: Mailroom) -> None:
    """An address that is corrected in its letters alone is no change, and its messages stay as they are."""
    owed = await mailroom.owed(customer={"email": "Delivered@sandbox.test"})
    assert owed.recipient == "Delivered@sandbox.test"
    assert await follow(mailroom, owed) == 1
    assert (await mailroom.message(owed.id)).recipient == "slow@sandbox.test"
