"""What has lain in the inbox for a week is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox import prune as pruning
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.prune import KEPT_FOR, prune
from tidings.adapters.sandbox.queries import Filter, letters
from tidings.adapters.sandbox.tables import SandboxCallbackRow
from tidings.adapters.sandbox.take import Arrival, take

PACE = Pace(timedelta(seconds=1), timedelta(seconds=9))


@pytest.mark.parametrize("at_once", [1000, 2])
async def test_old_messages_go_with_their_callbacks_and_new_ones_stay(worker_begin, shop, clock, monkeypatch, at_once):
    monkeypatch.setattr(pruning, "_AT_ONCE", at_once)
    config = connection(shop.scope)
    async with worker_begin.across() as tx:
        for days in (0, 0, 0, 6):
            message = outgoing(clock, f"day-{days}@example.com")
            await take(tx, Arrival(message, config), now=clock.now() + timedelta(days=days), pace=PACE)
    assert await prune(worker_begin, now=clock.now() + KEPT_FOR + timedelta(seconds=1)) == 3
    async with worker_begin.reading(None) as tx:
        assert [letter.message.recipient for letter in await letters(tx, Filter(), 9)] == ["day-6@example.com"]
        assert await tx.session.scalar(select(func.count()).select_from(SandboxCallbackRow)) == 3


async def test_an_empty_inbox_is_pruned_in_peace(worker_begin, clock):
    assert await prune(worker_begin, now=clock.now()) == 0
