"""What the promises of an order are about."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.deadlines.subjects import promised_subjects
from tidings.kit.ids import new_id

HOUR = timedelta(hours=1)


async def test_each_subject_of_a_kind_is_told_with_whether_its_clock_runs(mailroom: Mailroom) -> None:
    order, kind = new_id(), "change_decided"
    await promised(mailroom, HOUR, kind=kind, order_id=order, dedupe_key=f"{kind}:chg_1:1")
    over = instants(mailroom, met_at=timedelta())
    await promised(mailroom, HOUR, kind=kind, order_id=order, dedupe_key=f"{kind}:chg_2:1", **over)
    await promised(mailroom, HOUR, order_id=order)
    await promised(mailroom, HOUR, kind=kind)
    async with mailroom.begin(mailroom.scope) as tx:
        assert await promised_subjects(tx, order, kind) == {"chg_1": True, "chg_2": False}
        assert await promised_subjects(tx, order, "refund_update") == {}
