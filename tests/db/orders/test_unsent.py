"""The look from the facts: whose confirmation is owed, and has not been sent."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.orders import order_body, place
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.unsent import Unsent, find_unsent

LIMIT = timedelta(minutes=5)


async def look(mailroom: Mailroom, *, after: timedelta = timedelta(minutes=6)) -> Unsent:
    return await find_unsent(mailroom.begin, mailroom.clock.now() + after, limit=LIMIT)


async def test_with_nothing_owed_there_is_nothing_to_find(mailroom: Mailroom) -> None:
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)


async def test_an_order_whose_confirmation_waits_too_long_is_counted(mailroom: Mailroom) -> None:
    await mailroom.owed()
    assert await look(mailroom, after=timedelta(minutes=4)) == Unsent(late=0, repaired=0, missing=0)
    assert await look(mailroom) == Unsent(late=1, repaired=0, missing=0)


async def test_one_that_a_provider_has_is_not_late(mailroom: Mailroom) -> None:
    await mailroom.sent(await mailroom.connect("email"))
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)


async def test_one_that_nobody_is_to_be_told_of_is_not_late(mailroom: Mailroom) -> None:
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now(), order_body(notify=False))
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)


async def test_a_message_that_lost_its_work_gets_it_back_once_and_the_worker_is_woken(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    before = await mailroom.fetch(
        "SELECT storefront_id, id, order_id, mode, queue, priority, lane, order_seq FROM outbox"
    )
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("DELETE FROM outbox")
    woken: list[bool] = []
    mailroom.begin.on_work = lambda: woken.append(True)
    assert await look(mailroom) == Unsent(late=1, repaired=1, missing=0)
    after = await mailroom.fetch(
        "SELECT storefront_id, id, order_id, mode, queue, priority, lane, order_seq FROM outbox"
    )
    assert [tuple(row) for row in after] == [tuple(row) for row in before]
    assert after[0]["id"] == message.id
    assert woken == [True]
    assert await look(mailroom) == Unsent(late=1, repaired=0, missing=0)


async def test_a_dead_message_is_late_and_gets_no_work(mailroom: Mailroom) -> None:
    """It has its task: a person sees to it."""
    owed = await mailroom.owed()
    await mailroom.attempt(owed, await mailroom.connect("email"), status="failed", then="failed")
    assert await look(mailroom) == Unsent(late=1, repaired=0, missing=0)


async def test_an_order_without_any_message_is_missing_one(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE deadlines SET dedupe_key = 'order_confirmation:lost:1'")
    assert await look(mailroom) == Unsent(late=1, repaired=0, missing=1)
    assert (await mailroom.message(message.id)).status == "pending"


async def test_what_was_missed_is_late_until_somebody_has_it(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    for column in ("missed_at", "escalated_at"):
        async with mailroom.begin.across() as tx:
            await tx.raw.execute(f"UPDATE deadlines SET {column} = $1", mailroom.clock.now())
        assert await look(mailroom) == Unsent(late=1, repaired=0, missing=0)
    await mailroom.attempt(message, await mailroom.connect("email"))
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)


async def test_the_outcome_of_a_request_is_not_missing_before_there_is_one(mailroom: Mailroom) -> None:
    await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE deadlines SET kind = 'change_decided', dedupe_key = 'change_decided:chg_1:1'")
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)


async def test_what_was_received_is_confirmed_though_cancelled_and_what_never_was_complete_is_not(
    mailroom: Mailroom,
) -> None:
    await mailroom.owed()
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now(), order_body(payment=None), scope=mailroom.scope)
    for row in await mailroom.fetch("SELECT id FROM orders"):
        async with mailroom.begin(mailroom.scope) as tx:
            await cancel_order(tx, CancelOrder(row["id"], "sold out", "staff/7"), now=mailroom.clock.now())
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("DELETE FROM outbox")
    assert await look(mailroom) == Unsent(late=1, repaired=1, missing=0)


async def owed_another(mailroom: Mailroom, milestone: str, *, status: str = "pending") -> None:
    """A message of another promise, whose work is lost."""
    await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(f"UPDATE messages SET milestone = '{milestone}', dedupe_key = '{milestone}:x_1:1'")
        await tx.raw.execute(f"UPDATE deadlines SET kind = '{milestone}', dedupe_key = '{milestone}:x_1:1'")
        await tx.raw.execute("UPDATE orders SET status = 'cancelled'")
        await tx.raw.execute("UPDATE messages SET status = $1", status)
        await tx.raw.execute("DELETE FROM outbox")


@pytest.mark.parametrize("milestone", ["issue_notification", "change_acknowledged", "change_decided"])
async def test_what_else_is_promised_is_owed_whatever_became_of_the_order(mailroom: Mailroom, milestone: str) -> None:
    await owed_another(mailroom, milestone)
    assert await look(mailroom) == Unsent(late=1, repaired=1, missing=0)
    assert await mailroom.value("SELECT lane FROM outbox") == "customer"


async def test_what_a_person_is_to_call_about_is_left_to_them(mailroom: Mailroom) -> None:
    await owed_another(mailroom, "issue_notification", status="failed")
    assert await look(mailroom) == Unsent(late=1, repaired=0, missing=0)


async def test_the_outcome_of_a_request_is_not_missed_before_it_is_decided(mailroom: Mailroom) -> None:
    await owed_another(mailroom, "change_decided")
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET dedupe_key = 'change_decided:x_2:1'")
    assert await look(mailroom) == Unsent(late=0, repaired=0, missing=0)
