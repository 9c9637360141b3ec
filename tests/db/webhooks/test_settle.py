"""What a try came to is written down, as long as it is still about the endpoint as it was."""

from datetime import timedelta

from tests.fixtures.hooked import Hooks
from tidings.kit.ids import new_id
from tidings.webhooks.queries import Position
from tidings.webhooks.settle import Try, disable, settle_passed_over, settle_refused, settle_taken

LEASE = timedelta(seconds=60)
FAR = Position(2**40, 9)


async def test_what_was_taken_does_not_take_back_where_it_was_sent_meanwhile(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    (hand,) = await hooks.fetch()
    await hooks.change(endpoint, after="0")
    assert not await settle_taken(hooks.worker_begin, hand, FAR, Try(new_id(), hooks.clock.now(), 200), LEASE)
    row = await hooks.row(endpoint)
    assert (row["cursor_xid"], row["cursor_sequence"], row["tried_at"]) == (0, 0, None)


async def test_what_was_taken_while_it_was_paused_counts_and_is_the_last(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    (hand,) = await hooks.fetch()
    await hooks.change(endpoint, is_paused=True)
    assert not await settle_taken(hooks.worker_begin, hand, FAR, Try(new_id(), hooks.clock.now(), 200), LEASE)
    assert (await hooks.row(endpoint))["cursor_xid"] == FAR.xid


async def test_what_was_passed_over_or_refused_counts_for_the_version_that_was_meant(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    (hand,) = await hooks.fetch()
    hand.reached = FAR
    await hooks.change(endpoint, types=["order.placed"])
    before = await hooks.row(endpoint)
    tried = Try(new_id(), hooks.clock.now(), 410)
    await settle_passed_over(hooks.worker_begin, hand)
    await settle_refused(hooks.worker_begin, hand, tried, hooks.clock.now() + LEASE)
    assert not await disable(hooks.worker_begin, hand, tried, "gone")
    assert await hooks.row(endpoint) == before


async def test_a_refusal_keeps_what_was_passed_over_before_it(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    (hand,) = await hooks.fetch()
    hand.reached = FAR
    await settle_refused(hooks.worker_begin, hand, Try(new_id(), hooks.clock.now(), 500), hooks.clock.now() + LEASE)
    row = await hooks.row(endpoint)
    assert (row["cursor_xid"], row["failures"], row["lease_token"]) == (FAR.xid, 1, None)
