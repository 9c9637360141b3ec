"""The facts of an explanation, gathered."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.explain import explanation
from tidings.kit.problem import NotFound


async def test_a_message_that_came_back_is_explained_from_its_trail(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    await mailroom.connect("sms")
    attempt = await mailroom.sent(email)
    await mailroom.hear(attempt, "bounced", detail={"code": "5.1.1", "reason": "no such mailbox"})
    async with mailroom.begin.reading(mailroom.scope) as tx:
        told = await explanation(tx, attempt.message_id, now=mailroom.clock.now())
    assert told.summary.startswith("The customer may not have got it yet; it is being sent by sms")
    assert [(step.state, step.note) for step in told.plan] == [
        ("tried", "1 attempt, the last one bounced; the address must not be used"),
        ("now", "nothing stands against it"),
    ]
    assert [decision.what for decision in told.decisions] == [
        "sandbox says bounced, which means bounced: no such mailbox [5.1.1].",
        "It goes on by sms: email bounced [5.1.1].",
        "The time that was promised to the customer runs again.",
    ]
    assert told.next == "It is tried once more, by sms."
    assert told.next_at is not None


async def test_nobodys_message_is_not_found(mailroom: Mailroom) -> None:
    with pytest.raises(NotFound):
        async with mailroom.begin.reading(mailroom.scope) as tx:
            await explanation(tx, None, now=mailroom.clock.now())
