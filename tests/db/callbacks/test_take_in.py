"""The whole of a callback: committed when it returns, whatever one of its events is like."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from tests.db.callbacks.test_receive import receipt
from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.take_in import take_in
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id


async def test_events_are_committed_when_it_returns(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    news = await take_in(mailroom.begin, by, [receipt(attempt.id, "delivered")], now=mailroom.clock.now())
    assert [one.event.status for one in news] == ["delivered"]
    assert (await mailroom.message(attempt.message_id)).status == "delivered"
    assert await take_in(mailroom.begin, by, [receipt(attempt.id, "delivered")], now=mailroom.clock.now()) == []


async def test_an_event_that_the_database_refuses_does_not_spoil_the_others(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by) for _ in range(3)]
    events = [receipt(attempt.id, "delivered") for attempt in attempts]
    # No adapter says this word, and the database takes it from nobody.
    events[1] = receipt(attempts[1].id, "teleported")
    news = await take_in(mailroom.begin, by, events, now=mailroom.clock.now())
    assert len(news) == 3
    statuses = {row["id"]: row["status"] for row in await mailroom.fetch("SELECT id, status FROM messages")}
    assert [statuses[attempt.message_id] for attempt in attempts] == ["delivered", "sent", "delivered"]
    assert await mailroom.value("SELECT event->>'provider_status' FROM inbox WHERE event->>'kind' = 'ignored'") == (
        "refused by the database"
    )


async def test_a_storefront_that_is_gone_is_not_taken_for_a_bad_event(mailroom: Mailroom) -> None:
    by = replace(await mailroom.connect("email"), connection_id=new_id())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await take_in(mailroom.begin, by, [receipt(new_id(), "delivered")], now=mailroom.clock.now())


async def test_a_deadlock_is_our_own_to_solve(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    begin = Stumbling(mailroom.begin, 2)
    news = await take_in(begin, by, [receipt(attempt.id, "delivered")], now=mailroom.clock.now())  # type: ignore[arg-type]
    assert len(news) == 1
    assert begin.left == 0
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await take_in(
            Stumbling(mailroom.begin, 9),  # type: ignore[arg-type]
            by,
            [receipt(attempt.id, "bounced")],
            now=mailroom.clock.now(),
        )


class Stumbling:
    """Transactions of which the first few end in a deadlock."""

    def __init__(self, begin: Begin, times: int) -> None:
        self.begin, self.left = begin, times

    @asynccontextmanager
    async def across(self):
        async with self.begin.across() as tx:
            yield tx
            if self.left > 0:
                self.left -= 1
                raise asyncpg.DeadlockDetectedError


async def test_a_database_that_is_away_is_told_so(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    nowhere = create_engine("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1)
    with pytest.raises(ConnectionRefusedError):
        await take_in(Begin(nowhere), by, [receipt(new_id(), "sent")], now=mailroom.clock.now())
    await nowhere.dispose()


async def test_bodies_with_the_same_events_in_other_orders_do_not_lock_each_other_out(
    mailroom: Mailroom,
) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by) for _ in range(10)]

    async def take(order: list[UUID], status: str) -> None:
        await take_in(mailroom.begin, by, [receipt(one, status) for one in order], now=mailroom.clock.now())

    ids = [attempt.id for attempt in attempts]
    await asyncio.gather(take(ids, "sent"), take(ids[::-1], "delivered"), take(ids[5:] + ids[:5], "deferred"))
    assert {row[0] for row in await mailroom.fetch("SELECT status FROM messages")} == {"delivered"}
