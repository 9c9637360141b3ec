"""Messages whose news the customer has from a person."""

from typing import Any

import pytest

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.delivery.tables import MessageRow
from tidings.delivery.told_otherwise import ToldOtherwise, told_otherwise
from tidings.kit.ids import wire


async def tell(mailroom: Mailroom, message: MessageRow, **more: Any) -> MessageRow:
    what = ToldOtherwise(message.order_id, message.milestone, more.pop("subject", message.subject), "staff/7", **more)
    async with mailroom.begin(mailroom.scope) as tx:
        await told_otherwise(tx, what, now=mailroom.clock.now())
    return await mailroom.message(message.id)


async def test_a_dead_one_is_closed_with_its_task(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    await mailroom.attempt(owed, await mailroom.connect("email"), status="failed", then="failed")
    await opened(mailroom, wire("msg", owed.id))
    message = await tell(mailroom, owed)
    assert (message.status, message.reason) == ("cancelled", "told by staff/7")
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.cancelled'") == "staff/7"


@pytest.mark.parametrize(
    ("more", "status"),
    [({}, "pending"), ({"withdraws": True}, "cancelled"), ({"withdraws": True, "subject": "ord_x"}, "pending")],
)
async def test_one_that_waits_is_taken_back_if_that_is_wanted(
    mailroom: Mailroom, more: dict[str, Any], status: str
) -> None:
    owed = await mailroom.owed()
    assert (await tell(mailroom, owed, **more)).status == status
    assert await mailroom.value("SELECT count(*) FROM outbox") == (status == "pending")


async def test_one_that_would_ring_is_always_taken_back(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET channel = 'voice'")
    assert (await tell(mailroom, owed)).status == "cancelled"


@pytest.mark.parametrize(("attempt", "then"), [("uncertain", "sending"), ("accepted", "sent")])
async def test_what_may_have_left_stays_what_it_is(mailroom: Mailroom, attempt: str, then: str) -> None:
    owed = await mailroom.owed()
    await mailroom.attempt(owed, await mailroom.connect("email"), status=attempt, then=then, has_work=then == "sending")
    assert (await tell(mailroom, owed, withdraws=True)).status == then
