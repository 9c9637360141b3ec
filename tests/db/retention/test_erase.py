"""Erasure while the outbox is at work: a message goes before it, or not at all; and nothing comes back."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.drained import one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.privacy import HERS, PHONE, traces
from tests.fixtures.shop import Shop
from tidings.cli.embedded.postgres import Postgres
from tidings.delivery.claim import Claimed, Lease, claim
from tidings.delivery.ports import Accepted, Content, Outcome, Outgoing, Permanent
from tidings.delivery.start import Departure, Pinned, start
from tidings.delivery.suppress import Address, Suppressing, suppress, suppressed_among
from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.outbox.claim import Route
from tidings.retention.erase import erase_some
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.request_erasure import RequestErasure, request_erasure


class Telling(Exchange):
    """What it says is full of her."""

    async def render(self, claimed: Claimed, banner: str | None) -> Pinned:
        return Pinned(Content(claimed.snapshot, "For Zuleika Quandt", claimed.snapshot), claimed.milestone, 1, "de")


@pytest.fixture
def telling(worker_begin: Begin, clock: FixedClock) -> Telling:
    return Telling(worker_begin, clock)


async def her_order(begin: Begin, shop: Shop, clock: FixedClock) -> UUID:
    return (await place(begin, shop, clock.now(), order_body(**HERS))).order_id


async def erase(begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, meant: Meant) -> dict[str, Any]:
    async with begin(shop.scope) as tx:
        erasure_id = (await request_erasure(tx, RequestErasure(meant, "tests"), now=clock.now())).id
    is_over = False
    while not is_over:
        async with keeper(shop.scope) as tx:
            is_over = await erase_some(tx, erasure_id, SLICES, now=clock.now())
    return dict(await one(begin, f"SELECT * FROM erasures WHERE id = '{erasure_id}'"))


@pytest.mark.parametrize("quoted", [Accepted("p-1"), Permanent(f"{PHONE} <zuleika.quandt@quandt.test> unknown", "550")])
async def test_what_is_on_its_way_goes_and_its_answer_brings_nothing_back(
    begin: Begin,
    keeper: Begin,
    shop: Shop,
    clock: FixedClock,
    telling: Telling,
    postgres: Postgres,
    database: str,
    quoted: Outcome,
) -> None:
    order_id = await her_order(begin, shop, clock)
    left, erased = asyncio.Event(), asyncio.Event()

    async def slow(outgoing: Outgoing) -> Outcome:
        left.set()
        await erased.wait()
        return quoted

    sender = telling.connect(shop, "email", FakeSender([slow]))
    async with asyncio.TaskGroup() as group:
        group.create_task(telling.run())
        await left.wait()
        await erase(begin, keeper, shop, clock, Meant(order=wire("ord", order_id)))
        assert await traces(postgres, database) == []
        erased.set()
    assert len(sender.sent) == 1
    message = await one(begin, "SELECT * FROM messages")
    assert message["status"] == ("sent" if isinstance(quoted, Accepted) else "cancelled")
    assert (message["recipient"], await count(begin, "outbox")) == ("", 0)
    assert (await one(begin, "SELECT recipient, status FROM attempts"))["recipient"] == ""
    assert await traces(postgres, database) == []
    await telling.run()
    assert len(sender.sent) == 1


async def count(begin: Begin, table: str) -> int:
    return int((await one(begin, f"SELECT count(*) FROM {table}"))[0])


async def test_what_is_rendered_and_has_not_left_does_not_leave(
    begin: Begin,
    worker_begin: Begin,
    keeper: Begin,
    shop: Shop,
    clock: FixedClock,
    telling: Telling,
    postgres: Postgres,
    database: str,
) -> None:
    order_id = await her_order(begin, shop, clock)
    token, route = new_id(), Route(shop.id, "test", "email")
    telling.connect(shop, "email")
    async with worker_begin.statement() as raw:
        (claimed,) = await claim(raw, Lease("w", token, 60, {route: 5}))
    pinned = await telling.render(claimed, None)
    await erase(begin, keeper, shop, clock, Meant(order=wire("ord", order_id)))
    departure = Departure(claimed, new_id(), telling.connections[0], pinned.content, pinned)
    async with worker_begin.statement() as raw:
        assert await start(raw, [departure], token, clock.now()) == set()
    assert (await one(begin, "SELECT status FROM messages"))["status"] == "cancelled"
    assert await traces(postgres, database) == []


async def test_an_address_that_must_not_be_used_stays_so_and_is_not_known(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, telling: Telling, postgres: Postgres, database: str
) -> None:
    by_sms = HERS | {"customer": HERS["customer"] | {"preferred_channel": "sms", "email": None}}
    at = Address(shop.id, "test", "sms", PHONE)
    async with begin(shop.scope) as tx:
        await suppress(tx, [Suppressing(at, "opt_out", "con_1")], now=clock.now())
    await place(begin, shop, clock.now(), order_body(**by_sms))
    for _ in range(2):
        # The second time the digest is there already, and the address was given again.
        await erase(begin, keeper, shop, clock, Meant(phone=PHONE))
        assert await traces(postgres, database) == []
        async with begin(shop.scope) as tx:
            assert await suppressed_among(tx, [at], now=clock.now()) == {at}
            await suppress(tx, [Suppressing(at, "opt_out", "con_1")], now=clock.now())
    await erase(begin, keeper, shop, clock, Meant(phone=PHONE))
    await place(begin, shop, clock.now(), order_body(**by_sms))
    sender = telling.connect(shop, "sms")
    await telling.run()
    assert sender.sent == []
    statuses = await one(begin, "SELECT array_agg(DISTINCT status ORDER BY status) FROM messages")
    assert statuses[0] == ["cancelled", "suppressed"]


async def test_an_erasure_goes_on_where_it_stood(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings.retention.erase._AT_ONCE", 2)
    for _ in range(5):
        await her_order(begin, shop, clock)
    async with begin(shop.scope) as tx:
        erasure_id = (await request_erasure(tx, RequestErasure(Meant(phone=PHONE), "tests"), now=clock.now())).id
    for done in (2, 4, 5):
        async with keeper(shop.scope) as tx:
            assert not await erase_some(tx, erasure_id, SLICES, now=clock.now())
        assert (await one(begin, "SELECT erased FROM erasures"))["erased"]["orders"] == done
        # A worker that dies here has lost nothing; what it had under way is rolled back.
        with pytest.raises(asyncpg.PostgresError):
            async with keeper(shop.scope) as tx:
                await erase_some(tx, erasure_id, SLICES, now=clock.now())
                await tx.raw.execute("SELECT 1 / 0")
    async with keeper(shop.scope) as tx:
        assert await erase_some(tx, erasure_id, SLICES, now=clock.now() + timedelta(minutes=1))
    row = await one(begin, "SELECT status, person, erased FROM erasures")
    assert (row["status"], row["person"]) == ("done", None)
    assert row["erased"] == {"orders": 5, "messages": 5, "taken_back": 5}
    kinds = await one(begin, "SELECT count(*) FROM records WHERE kind = 'order.erased'")
    assert kinds[0] == 5


async def test_the_applications_roles_cannot_erase(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await her_order(begin, shop, clock)
    for role in (begin, worker_begin):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with role(shop.scope) as tx:
                await tx.raw.execute("UPDATE events SET snapshot = '{}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with role(shop.scope) as tx:
                await tx.raw.execute("DELETE FROM orders")
