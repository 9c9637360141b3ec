"""Taking in many callbacks at once is taking in each by itself: the same rows, whatever they say."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.clock import FixedClock
from tests.db.callbacks.test_receive import receipt
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.callbacks.incoming import Origin
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.take_in import TakeIn, Taken, take_in, take_in_many
from tidings.delivery.receive import AttemptRef
from tidings.kit.batching import Batcher
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id

# What an event may be, about which of three customers. Few values, so that they meet: twice, reversed, contradicting.
STATUSES = ("sent", "delivered", "failed", "bounced", "complained", "teleported")
EVENTS = st.tuples(
    st.sampled_from([*STATUSES, *STATUSES, "unknown", "strangers", "opt_out", "opt_in", "reply", "NUL", "surrogate"]),
    st.integers(0, 2),
)
CALLBACKS = st.lists(st.lists(EVENTS, min_size=1, max_size=2), min_size=1, max_size=12)
EXAMPLES = settings(
    deadline=None,
    # Not shrunk: an example costs a database its time, and its items are few.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
pytestmark = pytest.mark.timeout(120)

ROWS = {
    "inbox": "SELECT event_key, event, applied_at IS NULL FROM inbox WHERE storefront_id = $1 AND received_at = $2",
    "receipts": "SELECT attempt_id, event_key, status, detail FROM receipts WHERE storefront_id = $1 AND at = $2",
    "attempts": "SELECT id, status, provider_message_id, error FROM attempts WHERE storefront_id = $1 "
    "AND started_at = $2",
    "messages": "SELECT id, status, reason, step, channel, delivered_at, complained_at, opted_out_at, refused_by "
    "FROM messages WHERE storefront_id = $1 AND created_at = $2",
    "outbox": "SELECT o.id, o.queue FROM outbox o JOIN messages m USING (storefront_id, id) "
    "WHERE m.storefront_id = $1 AND m.created_at = $2",
    "deadlines": "SELECT met_at, met_by, missed_at FROM deadlines WHERE storefront_id = $1 AND started_at = $2",
    "suppressions": "SELECT address, reason, source, ends_at FROM suppressions WHERE storefront_id = $1 "
    "AND created_at = $2",
    "tasks": "SELECT kind, status, outcome, data FROM tasks WHERE storefront_id = $1 AND opened_at = $2",
    "records": "SELECT kind, subject, actor, data FROM records WHERE storefront_id = $1 AND at = $2",
}


@dataclass
class World:
    """A shop with three customers, each of whom has been sent an SMS."""

    mailroom: Mailroom
    by: Origin
    attempts: list[AttemptRef]
    strangers: Sequence[AttemptRef] = ()

    @classmethod
    async def made(cls, mailroom: Mailroom) -> "World":
        sms = await mailroom.connect("sms")
        await mailroom.connect("email")
        world = cls(mailroom, sms, [])
        for n in range(3):
            # The last one has no other channel.
            email = None if n == 2 else f"ada{n}@example.com"
            customer = {"preferred_channel": "sms", "phone": world.phone(n), "email": email}
            world.attempts.append(await mailroom.sent(sms, customer=customer))
        return world

    def phone(self, n: int) -> str:
        return f"+491511{int(self.mailroom.clock.now().timestamp()) % 10**6:06}{n}"

    def said(self, callbacks: Sequence[Sequence[tuple[str, int]]]) -> list[TakeIn]:
        now = self.mailroom.clock.now()
        return [TakeIn(self.by, [self.event(*each) for each in events], now) for events in callbacks]

    def event(self, kind: str, n: int) -> ProviderEvent:
        word = f"where is {n}?" + {"NUL": "\x00", "surrogate": "\ud800"}.get(kind, "")
        match kind:
            case "unknown" | "strangers":
                attempt = new_id() if kind == "unknown" else self.strangers[n].id
                return replace(receipt(attempt, "delivered"), key=f"{kind}-{n}", provider_message_id=f"theirs-{n:08}")
            case "opt_out" | "opt_in":
                return ProviderEvent(f"{kind}-{n}", kind, kind, address=self.phone(n))  # type: ignore[arg-type]
            case "reply" | "NUL" | "surrogate":
                return ProviderEvent(f"{word}-{n}", "reply", "received", address=self.phone(n), text=word)
        return replace(receipt(self.attempts[n].id, kind, detail={"code": f"c{n}"}), key=f"{kind}-{n}")

    async def rows(self) -> dict[str, list[str]]:
        """All that there is, with the same names for the same things in every world."""
        names = {each.hex: f"attempt {n}" for n, one in enumerate(self.attempts) for each in [one.id]}
        names |= {one.message_id.hex: f"message {n}" for n, one in enumerate(self.attempts)}
        names |= {one.id.hex: f"stranger {n}" for n, one in enumerate(self.strangers)}
        now, found = self.mailroom.clock.now(), {}
        for table, sql in ROWS.items():
            texts = [told(row, names) for row in await self.mailroom.fetch(sql, self.mailroom.shop.id, now)]
            found[table] = sorted(texts)
        return found


def told(row: Any, names: dict[str, str]) -> str:
    text = json.dumps(
        [str(value.hex) if hasattr(value, "hex") else value for value in row], default=str, sort_keys=True
    )
    for name, known in names.items():
        text = text.replace(name, known)
    return re.sub(r"[0-9a-f]{32}", "some id", text)


async def worlds(begin: Begin, clock: FixedClock, *shops: Shop) -> list[World]:
    # An instant of its own for each example: the database is emptied only between tests.
    clock.advance(timedelta(seconds=1))
    made = [await World.made(Mailroom(begin, shop, clock)) for shop in shops]
    for one, other in zip(made, reversed(made), strict=True):
        one.strangers = other.attempts
    return made


def news(taken: Sequence[Taken]) -> list[list[str]]:
    return [[one.event.key for one in each] if isinstance(each, list) else [repr(each)] for each in taken]


@settings(EXAMPLES, max_examples=40)
@given(callbacks=CALLBACKS)
async def test_many_are_taken_in_like_each_by_itself(
    callbacks: list[list[tuple[str, int]]], begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    many, single = await worlds(begin, clock, shop, other_shop)
    together = await take_in_many(many.said(callbacks), begin=begin, now=clock.now())
    alone = [await take_in(begin, each.origin, each.events, now=clock.now()) for each in single.said(callbacks)]
    assert news(together) == news(alone)
    assert await many.rows() == await single.rows()


async def test_what_the_database_refuses_is_left_aside_and_nobody_else_fails(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    one, other = await worlds(begin, clock, shop, other_shop)
    commands = [*one.said([[("teleported", 0)], [("delivered", 1)]]), *other.said([[("bounced", 2)]])]
    # A connection that is not there: nothing of this one can be kept.
    commands.append(replace(commands[0], origin=replace(one.by, connection_id=new_id())))
    taken = await take_in_many(commands, begin=begin, now=clock.now())
    assert news(taken[:3]) == [["teleported-0"], ["delivered-1"], ["bounced-2"]]
    assert isinstance(taken[3], asyncpg.ForeignKeyViolationError)
    statuses = [(await one.mailroom.message(each.message_id)).status for each in one.attempts]
    assert statuses == ["sent", "delivered", "sent"]
    assert (await other.mailroom.message(other.attempts[2].message_id)).status == "failed"


async def test_a_receipt_reaches_no_attempt_of_another_storefront(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    one, other = await worlds(begin, clock, shop, other_shop)
    commands = [*one.said([[("strangers", n)] for n in range(3)]), *other.said([[("sent", n)] for n in range(3)])]
    await take_in_many(commands, begin=begin, now=clock.now())
    assert {row[0] for row in await one.mailroom.fetch("SELECT status FROM messages")} == {"sent"}
    assert await one.mailroom.value("SELECT count(*) FROM inbox WHERE applied_at IS NULL") == 3


async def test_the_last_of_stop_and_start_holds_however_close_they_come(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    (world,) = await worlds(begin, clock, shop)
    await take_in_many(world.said([[("opt_in", 0)], [("opt_out", 0)]]), begin=begin, now=clock.now())
    assert await world.mailroom.value("SELECT ends_at FROM suppressions") is None
    await take_in_many(world.said([[("opt_out", 1)], [("opt_in", 1)]]), begin=begin, now=clock.now())
    (row,) = await world.mailroom.fetch("SELECT ends_at FROM suppressions WHERE address = $1", world.phone(1))
    assert row["ends_at"] == clock.now()


@settings(EXAMPLES, max_examples=10)
@given(callbacks=CALLBACKS, leaving=st.sets(st.integers(0, 11)))
async def test_whoever_goes_away_harms_nobody(
    callbacks: list[list[tuple[str, int]]], leaving: set[int], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    (world,) = await worlds(begin, clock, shop)
    world.strangers = world.attempts

    async def work(commands: Sequence[TakeIn]) -> Sequence[Taken]:
        return await take_in_many(commands, begin=begin, now=clock.now())

    async def submitted(command: TakeIn) -> Taken:
        return await batcher.submit(command)

    batcher: Batcher[TakeIn, Taken] = Batcher(work)
    async with asyncio.TaskGroup() as group:
        lanes = group.create_task(batcher.run_lanes())
        waiting = [group.create_task(submitted(command)) for command in world.said(callbacks)]
        await asyncio.sleep(0)
        for n in leaving & set(range(len(waiting))):
            waiting[n].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        lanes.cancel()
    kept = {row[0] for row in await world.mailroom.fetch(ROWS["inbox"], shop.id, clock.now())}
    for n, (command, result) in enumerate(zip(world.said(callbacks), results, strict=True)):
        if n not in leaving:
            assert isinstance(result, list), result
            assert {event.event.key for event in command.incoming()} <= kept


async def test_a_database_that_is_away_is_told_to_everybody(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    (world,) = await worlds(begin, clock, shop)
    nowhere = create_engine("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1)
    with pytest.raises(ConnectionRefusedError):
        await take_in_many(world.said([[("sent", 0)], [("sent", 1)]]), begin=Begin(nowhere), now=clock.now())
    await nowhere.dispose()


async def test_no_callbacks_are_no_trouble(begin: Begin, clock: FixedClock) -> None:
    assert await take_in_many([], begin=begin, now=clock.now()) == []
