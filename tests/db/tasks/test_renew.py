"""Tasks that are told what has changed meanwhile."""

from tests.fixtures.chores import opened
from tests.fixtures.mailroom import Mailroom
from tidings.tasks.finish import Cause
from tidings.tasks.renew import renew_tasks


async def test_what_is_new_is_said_beside_what_was_said(mailroom: Mailroom) -> None:
    await opened(mailroom, "msg_1", "call_customer", data={"number": "+491", "script": "Hello"})
    await opened(mailroom, "msg_2", "call_customer", data={"number": "+491"})
    async with mailroom.begin.across() as tx:
        await renew_tasks(tx, [], {"number": "+499"})
        await renew_tasks(tx, [Cause(mailroom.shop.id, "test", "call_customer", "msg_1")], {"number": "+492"})
    rows = await mailroom.fetch("SELECT data FROM tasks ORDER BY dedupe_key")
    assert [row["data"] for row in rows] == [{"number": "+492", "script": "Hello"}, {"number": "+491"}]
