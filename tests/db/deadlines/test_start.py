"""A clock that is started by itself."""

from datetime import timedelta
from uuid import UUID

from tests.fixtures.mailroom import Mailroom
from tidings.deadlines.start import Clock, restart_clock


async def restarted(mailroom: Mailroom, order_id: UUID, key: str) -> None:
    now = mailroom.clock.now()
    clock = Clock(
        mailroom.scope.storefront_id, mailroom.scope.mode, order_id, "order_confirmation", key, now,
        now + timedelta(hours=1),
    )  # fmt: skip
    async with mailroom.begin(mailroom.scope) as tx:
        await restart_clock(tx, clock)


async def test_one_that_was_cancelled_runs_again_and_any_other_goes_on_as_it_did(mailroom: Mailroom) -> None:
    await mailroom.owed()
    (before,) = await mailroom.fetch("SELECT order_id, dedupe_key, started_at FROM deadlines")
    mailroom.clock.advance(timedelta(minutes=5))
    await restarted(mailroom, before["order_id"], before["dedupe_key"])
    assert await mailroom.fetch("SELECT order_id, dedupe_key, started_at FROM deadlines") == [before]
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE deadlines SET cancelled_at = now(), warned_at = now(), missed_at = now()")
    await restarted(mailroom, before["order_id"], before["dedupe_key"])
    (after,) = await mailroom.fetch("SELECT started_at, cancelled_at, warned_at, missed_at FROM deadlines")
    assert tuple(after) == (mailroom.clock.now(), None, None, None)
