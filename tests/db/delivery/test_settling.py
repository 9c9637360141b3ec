"""Answers that the database does not take at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.drained import count, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.locks import until_somebody_waits_for
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.delivery.claim import Lease, claim
from tidings.delivery.ports import Accepted, ConnectionConfig, Misconfigured, Outcome, Outgoing
from tidings.delivery.prepare import unattempted
from tidings.delivery.rules import Dead, Verdict
from tidings.delivery.settling import Settling
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import new_id
from tidings.outbox.claim import Route


async def test_an_answer_is_not_forgotten_because_its_settlement_met_another_transaction_head_on(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    go_on = asyncio.Event()

    async def slow(_: Outgoing) -> Outcome:
        await go_on.wait()
        return Accepted()

    sender = exchange.connect(shop, "email", FakeSender([slow]))
    await place(begin, shop, clock.now())
    before = await deadlocks(begin)
    async with exchange.running():
        await eventually(lambda: sender.sent)
        async with begin.across() as tx:
            # The clock first and then the message, the other way round than settlements go.
            await tx.raw.execute("SELECT FROM deadlines FOR UPDATE")
            go_on.set()
            await until_somebody_waits_for(tx)
            await tx.raw.execute("SELECT FROM messages FOR NO KEY UPDATE")
    async with asyncio.timeout(12):
        # Postgres counts within ten seconds.
        while await deadlocks(begin) == before:
            await asyncio.sleep(0.05)
    assert (await one(begin, "SELECT status FROM attempts"))["status"] == "accepted"
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "sent"
    assert (await one(begin, "SELECT met_at FROM deadlines"))["met_at"] is not None
    assert (len(sender.sent), await count(begin, "outbox")) == (1, 0)


async def deadlocks(begin: Begin) -> int:
    row = await one(begin, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(row["deadlocks"])


class Stumbling:
    """Transactions of which the first few end in a deadlock."""

    def __init__(self, begin: Begin, times: int) -> None:
        self.begin, self.left, self.begun = begin, times, 0

    def across(self) -> AbstractAsyncContextManager[Tx]:
        return self._across()

    @asynccontextmanager
    async def _across(self) -> AsyncIterator[Tx]:
        self.begun += 1
        async with self.begin.across() as tx:
            yield tx
            if self.left > 0:
                self.left -= 1
                raise asyncpg.DeadlockDetectedError


@pytest.mark.parametrize(("orders", "stumbles", "begun"), [(1, 9, 10), (3, 3, 4), (3, 4, 7), (3, 6, 9)])
async def test_a_batch_is_tried_again_then_one_by_one_and_one_alone_until_it_is_written(
    mailroom: Mailroom, worker_begin: Begin, monkeypatch: pytest.MonkeyPatch, orders: int, stumbles: int, begun: int
) -> None:
    begin, shop, clock = mailroom.begin, mailroom.shop, mailroom.clock
    monkeypatch.setattr("tidings.delivery.settling._PAUSE_SECONDS", 0)
    for _ in range(orders):
        await place(begin, shop, clock.now())
    lease = Lease("w-1", new_id(), 60, {Route(shop.id, "test", "email"): orders})
    async with worker_begin.statement() as connection:
        claimed = await claim(connection, lease)
    stumbling = Stumbling(worker_begin, stumbles)
    settling = Settling(stumbling, clock, lambda _: None)  # type: ignore[arg-type]
    for message in claimed:
        settling.put(unattempted(message, Verdict("failed", Dead(), "no way"), clock.now()))
    async with asyncio.TaskGroup() as group:
        settler = group.create_task(settling.run())
        await settling.finish()
        settler.cancel()
    assert (await one(begin, "SELECT count(*) FROM messages WHERE status = 'failed'"))["count"] == orders
    assert (stumbling.begun, await count(begin, "outbox")) == (begun, 0)


async def stored(mailroom: Mailroom, connection: ConnectionConfig) -> None:
    """Let the database know a connection of the exchange."""
    made = await mailroom.connect(connection.channel)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE connections SET id = $1 WHERE id = $2", connection.id, made.connection_id)


async def test_a_misconfigured_connection_is_halted_and_the_next_one_used(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    broken = exchange.connect(mailroom.shop, "email", FakeSender([Misconfigured("bad key", "401")]))
    spare = exchange.connect(mailroom.shop, "email", name="spare")
    await stored(mailroom, exchange.connections[0])
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now())
    await exchange.run()
    assert (len(broken.sent), len(spare.sent)) == (1, 1)
    assert await mailroom.value("SELECT halted_until > updated_at FROM connections")
    assert await mailroom.value("SELECT kind FROM tasks") == "connection_halted"


async def test_a_connection_that_was_mended_while_its_old_key_was_refused_is_not_halted_and_is_used_at_once(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    async def revoked(_: Outgoing) -> Outcome:
        async with mailroom.begin.across() as tx:
            await tx.raw.execute("UPDATE connections SET version = 2")
        exchange.connections[0] = replace(exchange.connections[0], version=2)
        return Misconfigured("revoked", "401")

    sender = exchange.connect(mailroom.shop, "email", FakeSender([revoked]))
    exchange.connect(mailroom.shop, "sms")
    await stored(mailroom, exchange.connections[0])
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now())
    await exchange.run()
    assert await mailroom.value("SELECT halted_until FROM connections") is None
    assert await mailroom.fetch("SELECT kind FROM tasks") == []
    assert (len(sender.sent), await mailroom.value("SELECT channel FROM messages")) == (2, "email")
    assert await mailroom.value("SELECT status FROM messages") == "sent"


async def test_what_waits_for_a_halted_connection_asks_nobody_to_add_one(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    exchange.connect(mailroom.shop, "email", FakeSender([Misconfigured("bad key", "401")]))
    await stored(mailroom, exchange.connections[0])
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now())
    await exchange.run()
    # The worker reads only those that may be used now.
    exchange.connections.clear()
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now())
    await exchange.run()
    assert await mailroom.value("SELECT count(*) FROM messages WHERE reason LIKE 'no planned channel%'") == 1
    assert await mailroom.value("SELECT string_agg(kind, ',') FROM tasks") == "connection_halted"
