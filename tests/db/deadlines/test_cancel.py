"""Clocks that are cancelled, because their promise needs not be kept any more."""

from datetime import timedelta

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.cancel import CancelClocks, cancel_clocks
from tidings.kit.ids import new_id, wire

HOUR = timedelta(hours=1)


async def cancel(mailroom: Mailroom, order_id: object, *milestones: str) -> int:
    command = CancelClocks(order_id, wire("ord", order_id), "withdrawn", "staff/eve", milestones)  # type: ignore[arg-type]
    async with mailroom.begin(mailroom.scope) as tx:
        return await cancel_clocks(tx, command, now=mailroom.clock.now())


async def test_what_still_runs_about_one_thing_is_cancelled_with_its_tasks(mailroom: Mailroom) -> None:
    deadline = await promised(mailroom, HOUR)
    await promised(mailroom, HOUR)
    await opened(mailroom, wire("ddl", deadline), "promise_at_risk")
    order_id = await mailroom.value("SELECT order_id FROM deadlines WHERE id = $1", deadline)
    assert await cancel(mailroom, order_id) == 1
    assert await cancel(mailroom, order_id) == 0
    (row,) = await mailroom.fetch("SELECT id, cancelled_at FROM deadlines WHERE cancelled_at IS NOT NULL")
    assert tuple(row) == (deadline, mailroom.clock.now())
    assert await mailroom.value("SELECT status FROM tasks") == "dropped"
    (record,) = await mailroom.fetch("SELECT actor, subject, data FROM records WHERE kind = 'deadline.cancelled'")
    assert (record["actor"], record["subject"]) == ("staff/eve", wire("ddl", deadline))
    assert record["data"]["why"] == "withdrawn"


async def test_only_the_named_milestones_are_cancelled_and_never_what_was_kept(mailroom: Mailroom) -> None:
    order_id = new_id()
    subject = wire("ord", order_id)
    kinds = ("change_acknowledged", "change_decided", "order_confirmation")
    for kind in kinds:
        kept = instants(mailroom, met_at=timedelta()) if kind == "order_confirmation" else {}
        await promised(mailroom, HOUR, kind=kind, order_id=order_id, dedupe_key=f"{kind}:{subject}:1", **kept)
    assert await cancel(mailroom, order_id, "change_decided", "order_confirmation") == 1
    assert await mailroom.value("SELECT kind FROM deadlines WHERE cancelled_at IS NOT NULL") == "change_decided"
    assert await cancel(mailroom, order_id) == 1
