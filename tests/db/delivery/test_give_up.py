"""Calls that nobody will make."""

from typing import Any

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.give_up import give_up_call
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound

VOICE = {"channel": "voice", "to": "+15005550101"}
EMAIL = {"channel": "email", "to": "delivered@sandbox.test"}


async def planned(mailroom: Mailroom, *plan: dict[str, str], step: int = 0) -> MessageRow:
    owed = await mailroom.owed()
    async with mailroom.begin(mailroom.scope) as tx:
        row = await tx.session.get(MessageRow, (owed.storefront_id, owed.order_id, owed.id))
        assert row is not None
        row.plan, row.step, row.channel, row.recipient = [*plan], step, plan[step]["channel"], plan[step]["to"]
    return await mailroom.message(owed.id)


async def given_up(mailroom: Mailroom, message: Any) -> None:
    async with mailroom.begin(mailroom.scope) as tx:
        await give_up_call(tx, message, actor="staff/7", reason="wrong number", now=mailroom.clock.now())


@pytest.mark.parametrize(("attempts", "status"), [(0, "cancelled"), (1, "failed")])
async def test_one_that_only_waits_for_it_is_at_its_end(mailroom: Mailroom, attempts: int, status: str) -> None:
    message = await planned(mailroom, EMAIL, VOICE, step=1)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET attempts = $1", attempts)
    await given_up(mailroom, message.id)
    message = await mailroom.message(message.id)
    assert (message.status, message.reason) == (status, "the call was given up: wrong number")
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.dropped'") == "staff/7"


async def test_one_that_can_still_go_otherwise_goes_on_without_the_call(mailroom: Mailroom) -> None:
    message = await planned(mailroom, VOICE, EMAIL, step=1)
    await given_up(mailroom, message.id)
    message = await mailroom.message(message.id)
    assert (message.status, message.plan, message.step) == ("pending", [EMAIL], 0)
    assert await mailroom.value("SELECT count(*) FROM outbox") == 1


async def test_a_dead_one_stays_so(mailroom: Mailroom) -> None:
    message = await planned(mailroom, VOICE)
    await mailroom.attempt(message, await mailroom.connect("voice"), status="failed", then="failed")
    await given_up(mailroom, message.id)
    assert (await mailroom.message(message.id)).status == "failed"
    with pytest.raises(NotFound):
        await given_up(mailroom, new_id())
