"""A message taken back while it has not left."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.cancel import CancelMessage, cancel_message
from tidings.delivery.errors import HasLeft
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound


async def cancel(mailroom: Mailroom, message_id: object, reason: str | None = None) -> None:
    async with mailroom.begin(mailroom.scope) as tx:
        command = CancelMessage(message_id, "staff/eve", reason)  # type: ignore[arg-type]
        await cancel_message(tx, command, now=mailroom.clock.now())


async def test_a_message_that_has_not_left_is_taken_back(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await cancel(mailroom, message.id, "the shop called")
    told = await mailroom.message(message.id)
    assert (told.status, told.reason) == ("cancelled", "taken back: the shop called")
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.cancelled'") == "staff/eve"
    # The promise stays: somebody has to tell the customer otherwise.
    assert await mailroom.value("SELECT count(*) FROM deadlines WHERE met_at IS NULL AND cancelled_at IS NULL") == 1


async def test_a_message_that_was_refused_so_far_can_still_be_taken_back(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await mailroom.attempt(message, await mailroom.connect("email"), status="failed", then="sending", has_work=True)
    await cancel(mailroom, message.id)
    assert (await mailroom.message(message.id)).reason == "taken back"


@pytest.mark.parametrize(("status", "then"), [("started", "sending"), ("uncertain", "sending"), ("accepted", "sent")])
async def test_a_message_that_has_left_or_may_have_cannot_be_taken_back(
    mailroom: Mailroom, status: str, then: str
) -> None:
    message = await mailroom.owed()
    await mailroom.attempt(message, await mailroom.connect("email"), status=status, then=then, has_work=True)
    with pytest.raises(HasLeft) as refusal:
        await cancel(mailroom, message.id)
    assert refusal.value.members == {"message_status": then}
    assert await mailroom.value("SELECT count(*) FROM outbox") == 1


async def test_taking_back_twice_is_refused(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await cancel(mailroom, message.id)
    with pytest.raises(HasLeft):
        await cancel(mailroom, message.id)


async def test_nobodys_message_is_not_found(mailroom: Mailroom) -> None:
    with pytest.raises(NotFound):
        await cancel(mailroom, new_id())
    with pytest.raises(NotFound):
        await cancel(mailroom, None)


async def test_nobody_has_to_look_any_more_at_a_parked_message_that_was_taken_back(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await mailroom.parked(message)
    await cancel(mailroom, message.id)
    (task,) = await mailroom.fetch("SELECT status, outcome FROM tasks")
    assert tuple(task) == ("dropped", "the message was taken back")
