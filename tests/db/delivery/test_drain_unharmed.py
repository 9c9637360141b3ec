"""What is wrong with one message harms that message alone: whatever else is under way leaves once, and is settled."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.fixtures.calls import rows
from tests.fixtures.drained import one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.delivery.claim import Claimed
from tidings.delivery.guard import Guard, Passed, Stopped
from tidings.delivery.ports import Accepted, ConnectionConfig, Outcome, Outgoing, Permanent
from tidings.delivery.start import Pinned
from tidings.kit.db import Begin
from tidings.storefronts.kinds import Channel

POISON, SLOW, SOUND = "poison@sandbox.test", "slow@sandbox.test", "sound@sandbox.test"
BY_ADDRESS = """
SELECT m.status, m.reason, m.attempts, o.lease_token IS NOT NULL AS held
FROM messages m LEFT JOIN outbox o USING (storefront_id, id) WHERE m.recipient = $1 ORDER BY m.id
"""


def wrong() -> Exception:
    return UnicodeEncodeError("ascii", POISON, 7, 8, "ordinal not in range(128)")


@dataclass(frozen=True)
class Poisoned(Guard):
    """Cannot judge one of the addresses."""

    def judge(self, channel: Channel, to: str) -> Passed | Stopped:
        if to == POISON:
            raise wrong()
        return Guard.judge(self, channel, to)


@dataclass
class Crowd:
    """One message that something is wrong with, one that is under way meanwhile, and others that follow."""

    begin: Begin
    shop: Shop
    clock: FixedClock
    exchange: Exchange
    sender: FakeSender
    # How the row of the one is spoilt.
    spoilt: str = "locale = locale"

    async def owe(self, *addresses: str) -> None:
        """Owe these messages: due when `go_on` says so."""
        for address in addresses:
            await place(self.begin, self.shop, self.clock.now(), order_body(customer={"email": address, "phone": None}))
        async with self.begin.across() as tx:
            await tx.raw.execute("UPDATE outbox SET due_at = now() + interval '1 hour'")
            await tx.raw.execute(f"UPDATE messages SET {self.spoilt} WHERE recipient = $1", POISON)

    async def go_on(self, *addresses: str) -> None:
        async with self.begin.across() as tx:
            await tx.raw.execute(
                "UPDATE outbox o SET due_at = now() FROM messages m WHERE m.id = o.id AND m.recipient = ANY ($1)",
                list(addresses),
            )

    async def is_unharmed(self) -> None:
        """The slow one is under way before the poison comes; it is sent once and settled, and so is what follows."""
        await self.owe(SLOW, POISON, SOUND, SOUND)
        async with self.exchange.running() as wake:
            await self.go_on(SLOW)
            await eventually(lambda: self.sent(SLOW))
            await self.go_on(POISON, SOUND)
            wake.set()
            await eventually(lambda: self.sent(SOUND) == 2)
            await asyncio.sleep(0.3)
        assert (self.sent(SLOW), self.sent(SOUND)) == (1, 2)
        told = await rows(self.begin, BY_ADDRESS, SLOW) + await rows(self.begin, BY_ADDRESS, SOUND)
        assert [(row["status"], row["attempts"], row["held"]) for row in told] == [("sent", 1, False)] * 3

    def sent(self, address: str) -> int:
        return sum(each.to == address for each in self.sender.sent)

    async def poison(self) -> Any:
        (row,) = await rows(self.begin, BY_ADDRESS, POISON)
        return row


@pytest.fixture
def crowd(begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange) -> Crowd:
    sender = FakeSender()
    made = Crowd(begin, shop, clock, exchange, exchange.connect(shop, "email", sender))

    async def slowly(_: Outgoing) -> Outcome:
        await eventually(lambda: made.sent(SOUND) == 2)
        await asyncio.sleep(0.1)
        return Accepted()

    sender.answers.append(slowly)
    return made


async def test_what_rendering_never_foresaw_parks_its_message(crowd: Crowd) -> None:
    render = crowd.exchange.render

    async def poisoned(claimed: Claimed, banner: str | None) -> Pinned:
        if claimed.recipient == POISON:
            raise wrong()
        return await render(claimed, banner)

    crowd.exchange.render = poisoned  # type: ignore[method-assign]
    await crowd.is_unharmed()
    row = await crowd.poison()
    assert (row["status"], row["attempts"], row["held"]) == ("failed", 0, False)
    assert row["reason"].startswith("cannot be rendered: UnicodeEncodeError in departing.py, line ")
    task = await one(crowd.begin, "SELECT kind, data::text AS data FROM tasks")
    assert task["kind"] == "message_unrenderable"
    assert "poison" not in str((row["reason"], task["data"], await rows(crowd.begin, "SELECT data FROM records")))


async def test_what_cannot_be_judged_is_given_to_a_person(crowd: Crowd) -> None:
    crowd.exchange.guard = Poisoned()
    await crowd.is_unharmed()
    row = await crowd.poison()
    assert (row["status"], row["attempts"], row["held"]) == ("failed", 0, False)
    assert row["reason"].startswith("cannot be judged: UnicodeEncodeError in prepare.py, line ")
    assert (await one(crowd.begin, "SELECT kind FROM tasks"))["kind"] == "message_dead"


async def test_what_is_lost_on_its_way_is_left_to_its_lease(crowd: Crowd) -> None:
    send = crowd.sender.send

    async def poisoned(outgoing: Outgoing) -> Outcome:
        if outgoing.to == POISON:
            raise wrong()
        return await send(outgoing)

    crowd.sender.send = poisoned  # type: ignore[method-assign]
    await crowd.is_unharmed()
    row = await crowd.poison()
    assert (row["status"], row["attempts"], row["held"]) == ("sending", 1, True)


async def test_what_cannot_be_read_is_left_to_its_lease(crowd: Crowd) -> None:
    crowd.spoilt = "refused_by = '3'"
    await crowd.is_unharmed()
    row = await crowd.poison()
    assert (row["status"], row["attempts"], row["held"]) == ("pending", 0, True)


async def test_what_cannot_be_settled_is_left_to_its_lease(crowd: Crowd) -> None:
    # A call without a number: whether somebody is to call cannot be said.
    crowd.spoilt = """plan = plan || '[{"channel": "voice"}]'"""
    send = crowd.sender.send

    async def refusing(outgoing: Outgoing) -> Outcome:
        return Permanent("no") if outgoing.to == POISON else await send(outgoing)

    crowd.sender.send = refusing  # type: ignore[method-assign]
    await crowd.is_unharmed()
    row = await crowd.poison()
    assert (row["status"], row["attempts"], row["held"]) == ("sending", 1, True)


async def test_a_fault_in_claiming_ends_the_drain_when_what_has_left_is_settled(crowd: Crowd) -> None:
    read, faulty = crowd.exchange.read, asyncio.Event()

    async def reading(storefronts: Any) -> list[ConnectionConfig]:
        if crowd.sent(SLOW):
            faulty.set()
            raise LookupError
        return await read(storefronts)

    async def slowly(_: Outgoing) -> Outcome:
        await crowd.go_on(SOUND)
        await faulty.wait()
        await asyncio.sleep(0.1)
        return Accepted()

    crowd.exchange.read = reading  # type: ignore[method-assign]
    crowd.sender.answers[:] = [slowly]
    await crowd.owe(SLOW, SOUND)
    await crowd.go_on(SLOW)
    with pytest.raises(LookupError):
        await crowd.exchange.drain().run(asyncio.Event(), asyncio.Event())
    (row,) = await rows(crowd.begin, BY_ADDRESS, SLOW)
    assert (crowd.sent(SLOW), row["status"], row["attempts"], row["held"]) == (1, "sent", 1, False)
