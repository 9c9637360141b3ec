"""Erasure while the outbox is at work: a message goes before it, or not at all; and nothing comes back."""

import asyncio

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.db.retention.desk import Desk
from tests.fixtures.company import Telling
from tests.fixtures.drained import count, one
from tests.fixtures.lines import FakeSender
from tests.fixtures.privacy import EMAIL, HERS, PHONE, Left
from tests.fixtures.shop import Shop
from tidings.delivery.claim import Lease, claim
from tidings.delivery.ports import Accepted, Outcome, Outgoing, Permanent
from tidings.delivery.start import Departure, start
from tidings.delivery.suppress import Address, Suppressing, lift_opt_outs, suppress, suppressed_among
from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.outbox.claim import Route
from tidings.retention.erase import erase_some
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.request_export import RequestExport, request_export


@pytest.fixture
def desk(begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock) -> Desk:
    return Desk(begin, keeper, shop, clock)


@pytest.mark.parametrize("quoted", [Accepted("p-1"), Permanent(f"{PHONE} <zuleika.quandt@quandt.test> unknown", "550")])
async def test_what_is_on_its_way_goes_and_its_answer_brings_nothing_back(
    desk: Desk, telling: Telling, left: Left, quoted: Outcome
) -> None:
    order_id, begin = await desk.sells(), desk.begin
    gone, erased = asyncio.Event(), asyncio.Event()

    async def slow(outgoing: Outgoing) -> Outcome:
        gone.set()
        await erased.wait()
        return quoted

    sender = telling.connect(desk.shop, "email", FakeSender([slow]))
    async with asyncio.TaskGroup() as group:
        group.create_task(telling.run())
        await gone.wait()
        await desk.erases(Meant(order=wire("ord", order_id)))
        assert await left() == []
        erased.set()
    assert len(sender.sent) == 1
    message = await one(begin, "SELECT * FROM messages")
    assert message["status"] == ("sent" if isinstance(quoted, Accepted) else "cancelled")
    assert (message["recipient"], await count(begin, "outbox")) == ("", 0)
    assert (await one(begin, "SELECT recipient, status FROM attempts"))["recipient"] == ""
    assert await left() == []
    await telling.run()
    assert len(sender.sent) == 1


async def test_what_is_rendered_and_has_not_left_does_not_leave(
    desk: Desk, worker_begin: Begin, telling: Telling, left: Left
) -> None:
    order_id, shop = await desk.sells(), desk.shop
    token, route = new_id(), Route(shop.id, "test", "email")
    telling.connect(shop, "email")
    async with worker_begin.statement() as raw:
        (claimed,) = await claim(raw, Lease("w", token, 60, {route: 5}))
    pinned = await telling.render(claimed, None)
    await desk.erases(Meant(order=wire("ord", order_id)))
    departure = Departure(claimed, new_id(), telling.connections[0], pinned.content, pinned)
    async with worker_begin.statement() as raw:
        assert await start(raw, [departure], token, desk.clock.now()) == set()
    assert (await one(desk.begin, "SELECT status FROM messages"))["status"] == "cancelled"
    assert await left() == []


async def test_an_address_that_must_not_be_used_stays_so_and_is_not_known(
    desk: Desk, telling: Telling, left: Left
) -> None:
    by_sms = {"customer": HERS["customer"] | {"preferred_channel": "sms", "email": None}}
    shop, at = desk.shop, Address(desk.shop.id, "test", "sms", PHONE)

    async def opts_out() -> None:
        async with desk.begin(shop.scope) as tx:
            await suppress(tx, [Suppressing(at, "opt_out", "con_1")], now=desk.clock.now())

    await opts_out()
    await desk.sells(**by_sms)
    for _ in range(2):
        # The second time the digest is there already, and the address was given again.
        await desk.erases(Meant(phone=PHONE))
        assert await left() == []
        async with desk.begin(shop.scope) as tx:
            assert await suppressed_among(tx, [at], now=desk.clock.now()) == {at}
        await opts_out()
    await desk.erases(Meant(phone=PHONE))
    await desk.sells(**by_sms)
    sender = telling.connect(shop, "sms")
    await telling.run()
    assert sender.sent == []
    statuses = await one(desk.begin, "SELECT array_agg(DISTINCT status ORDER BY status) FROM messages")
    assert statuses[0] == ["cancelled", "suppressed"]
    async with desk.begin(shop.scope) as tx:
        # She takes it back, by the same address.
        assert len(await lift_opt_outs(tx, [at], actor="provider/twilio", now=desk.clock.now())) == 1
        assert await suppressed_among(tx, [at], now=desk.clock.now()) == set()


async def test_an_erasure_goes_on_where_it_stood(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidings.retention.erase._AT_ONCE", 2)
    for _ in range(5):
        await desk.sells()
    erasure_id = await desk.asked(Meant(phone=PHONE))

    async def dies() -> None:
        async with desk.keeper(desk.shop.scope) as tx:
            await erase_some(tx, erasure_id, SLICES, now=desk.clock.now())
            await tx.raw.execute("SELECT 1 / 0")

    for done in (2, 4, 5):
        assert not await desk.erases_some(erasure_id)
        assert (await one(desk.begin, "SELECT erased FROM erasures"))["erased"]["orders"] == done
        with pytest.raises(asyncpg.DivisionByZeroError):
            await dies()
    assert await desk.erases_some(erasure_id)
    row = await one(desk.begin, "SELECT status, person, erased FROM erasures")
    assert (row["status"], row["person"]) == ("done", None)
    assert row["erased"] == {"orders": 5, "messages": 5, "taken_back": 5}
    assert (await one(desk.begin, "SELECT count(*) FROM records WHERE kind = 'order.erased'"))[0] == 5


async def test_an_export_that_is_being_made_is_not_kept_once_its_person_is_erased(desk: Desk) -> None:
    async with desk.begin(desk.shop.scope) as tx:
        await request_export(tx, RequestExport(Meant(EMAIL), "tests"), now=desk.clock.now())
    await desk.erases(Meant(EMAIL, PHONE))
    row = await one(desk.begin, "SELECT status, person, content FROM exports")
    assert (row["status"], row["person"], row["content"]) == ("expired", None, None)


async def test_the_applications_roles_cannot_erase(desk: Desk, worker_begin: Begin) -> None:
    await desk.sells()

    async def tries(role: Begin, sql: str) -> None:
        async with role(desk.shop.scope) as tx:
            await tx.raw.execute(sql)

    for role in (desk.begin, worker_begin):
        for sql in ("UPDATE events SET snapshot = '{}'", "DELETE FROM orders"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await tries(role, sql)
