"""Messages that a newer fact has made pointless."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.supersede import Supersession, supersede
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import wire

KIND = "message.superseded"
REASON = "superseded: order_delivered says the newer thing"


async def take_back(mailroom: Mailroom, message: MessageRow, **changes: object) -> MessageRow:
    usual: dict[str, object] = {
        "storefront_id": message.storefront_id, "order_id": message.order_id, "subject": message.subject,
        "milestones": [message.milestone], "reason": REASON, "before_seq": message.order_seq + 1,
    }  # fmt: skip
    async with mailroom.begin(mailroom.scope) as tx:
        await supersede(tx, Supersession(**usual | changes), now=mailroom.clock.now())  # type: ignore[arg-type]
    return await mailroom.message(message.id)


async def left(mailroom: Mailroom) -> int:
    count: int = await mailroom.value("SELECT count(*) FROM outbox")
    return count


async def test_it_does_not_leave_any_more_and_says_why(mailroom: Mailroom) -> None:
    message = await take_back(mailroom, await mailroom.owed())
    assert (message.status, message.reason) == ("superseded", REASON)
    assert await left(mailroom) == 0
    async with mailroom.begin.reading(mailroom.scope) as tx:
        record = await tx.raw.fetchrow("SELECT subject, data->>'reason' AS reason FROM records WHERE kind = $1", KIND)
    assert (record["subject"], record["reason"]) == (wire("msg", message.id), REASON)


async def test_one_that_waits_for_a_retry_is_taken_back_too(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    by = await mailroom.connect("email")
    await mailroom.attempt(owed, by, status="failed", then="sending", has_work=True)
    message = await take_back(mailroom, owed)
    assert message.status == "superseded"
    assert await left(mailroom) == 0


@pytest.mark.parametrize(
    "changes", [{"subject": "shp_other"}, {"milestones": ["order_dispatched"]}, {"milestones": []}]
)
async def test_another_subject_or_milestone_is_left_alone(mailroom: Mailroom, changes: dict[str, object]) -> None:
    message = await take_back(mailroom, await mailroom.owed(), **changes)
    assert message.status == "pending"
    assert await left(mailroom) == 1


async def test_what_has_left_is_not_taken_back(mailroom: Mailroom) -> None:
    sent = await mailroom.sent(await mailroom.connect("email"))
    message = await take_back(mailroom, await mailroom.message(sent.message_id))
    assert (message.status, message.reason) == ("sent", None)


async def test_another_order_keeps_its_message(mailroom: Mailroom) -> None:
    other = await mailroom.owed()
    await take_back(mailroom, await mailroom.owed(), milestones=["order_confirmation"])
    assert (await mailroom.message(other.id)).status == "pending"
    assert await left(mailroom) == 1


async def test_what_tells_of_the_same_fact_or_a_newer_one_is_left_alone(mailroom: Mailroom) -> None:
    message = await take_back(mailroom, owed := await mailroom.owed(), before_seq=1)
    assert (owed.order_seq, message.status) == (1, "pending")


async def test_nobody_has_to_look_any_more_at_a_parked_message_that_is_pointless(mailroom: Mailroom) -> None:
    owed = await mailroom.owed()
    await mailroom.parked(owed)
    assert (await take_back(mailroom, owed)).status == "superseded"
    (task,) = await mailroom.fetch("SELECT status, outcome FROM tasks")
    assert tuple(task) == ("dropped", "a newer message says more")
