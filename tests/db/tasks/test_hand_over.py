from datetime import timedelta

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.tasks.finish import Cause
from tidings.tasks.hand_over import hand_over_task


async def test_the_open_task_is_somebody_elses_and_closed_ones_and_others_stay(mailroom: Mailroom) -> None:
    closed = await opened(mailroom, "iss_1", "handle_issue", owner="staff/anna")
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE tasks SET status = 'done'")
    handed = await opened(mailroom, "iss_1", "handle_issue", owner="staff/anna")
    other = await opened(mailroom, "iss_2", "handle_issue", owner="staff/anna")
    due_at = mailroom.clock.now() + timedelta(hours=1)
    async with mailroom.begin(mailroom.scope) as tx:
        cause = Cause(mailroom.shop.id, "test", "handle_issue", "iss_1")
        await hand_over_task(tx, cause, owner="staff/bo", due_at=due_at)
    rows = {row["id"]: (row["owner"], row["due_at"]) for row in await mailroom.fetch("SELECT * FROM tasks")}
    assert rows == {closed: ("staff/anna", None), handed: ("staff/bo", due_at), other: ("staff/anna", None)}
