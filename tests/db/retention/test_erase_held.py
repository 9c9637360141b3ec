"""Erasure while holds come and go: what one has kept is taken up whenever it is released."""

import asyncio
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.retention.desk import Desk
from tests.fixtures.drained import one
from tests.fixtures.privacy import PHONE
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.retention.erase import erase_some
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.release import ReleaseHold, release_hold

ALONE_SECONDS = 0.3


@pytest.fixture
def desk(begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock) -> Desk:
    return Desk(begin, keeper, shop, clock)


async def test_an_order_that_is_committed_late_is_not_missed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidings.retention.erase._AT_ONCE", 2)
    orders = [await desk.sells() for _ in range(6)]
    for order_id in orders[:3]:
        await placed(desk, order_id)
    erasure_id = await desk.asked(Meant(phone=PHONE))
    assert not await desk.erases_some(erasure_id)
    # As if all but the first two had been committed only now, with ids from before the last one that was looked at.
    async with desk.keeper(desk.shop.scope) as tx:
        await tx.raw.execute("UPDATE erasures SET after = $1", orders[-1])
    while not await desk.erases_some(erasure_id):
        pass
    row = await one(desk.begin, "SELECT status, held, erased FROM erasures")
    assert (row["status"], row["erased"]["orders"]) == ("partly", 3)
    assert row["held"] == [each.hex for each in orders[:3]]


async def placed(desk: Desk, order_id: UUID) -> UUID:
    """A hold on her order."""
    async with desk.begin(desk.shop.scope) as tx:
        on = PlaceHold("order", Meant(order=wire("ord", order_id)), "why", "tests")
        return (await place_hold(tx, on, now=desk.clock.now())).id


async def released(desk: Desk, hold_id: UUID) -> None:
    async with desk.begin(desk.shop.scope) as tx:
        await release_hold(tx, ReleaseHold(hold_id, None, "tests"), now=desk.clock.now())


async def test_a_hold_that_is_released_while_others_are_erased_keeps_nothing_any_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings.retention.erase._AT_ONCE", 2)
    orders = [await desk.sells() for _ in range(5)]
    hold_id, still = await placed(desk, orders[0]), await placed(desk, orders[4])
    erasure_id = await desk.asked(Meant(phone=PHONE))
    assert not await desk.erases_some(erasure_id)
    row = await one(desk.begin, "SELECT status, held FROM erasures")
    assert (row["status"], row["held"]) == ("running", [orders[0].hex])
    await released(desk, hold_id)
    while not await desk.erases_some(erasure_id):
        pass
    row = await one(desk.begin, "SELECT status, held, erased, kept FROM erasures")
    assert (row["status"], row["held"], row["erased"]["orders"]) == ("partly", [orders[4].hex], 4)
    assert [(each["order_id"], each["why"]) for each in row["kept"]] == [(wire("ord", orders[4]), "hold")]
    await released(desk, still)
    while not await desk.erases_some(erasure_id):
        pass
    row = await one(desk.begin, "SELECT status, held, erased, kept FROM erasures")
    assert (row["status"], row["held"], row["erased"]["orders"], row["kept"]) == ("done", [], 5, [])


async def test_a_hold_that_is_released_while_an_erasure_sees_it_is_followed_by_another_try(desk: Desk) -> None:
    hold_id = await placed(desk, await desk.sells())
    erasure_id = await desk.asked(Meant(phone=PHONE))
    assert not await desk.erases_some(erasure_id)
    async with asyncio.TaskGroup() as group, desk.keeper(desk.shop.scope) as tx:
        assert await erase_some(tx, erasure_id, SLICES, now=desk.clock.now())
        releasing = group.create_task(released(desk, hold_id))
        done, _ = await asyncio.wait([releasing], timeout=ALONE_SECONDS)
        assert not done, "it waits for the erasure"
    assert (await one(desk.begin, "SELECT status FROM erasures"))[0] == "refused"
    # The one that was left when she asked, and the one that was left by the release.
    assert (await one(desk.begin, "SELECT count(*) FROM errands WHERE kind = 'erase_person'"))[0] == 2
    while not await desk.erases_some(erasure_id):
        pass
    assert (await one(desk.begin, "SELECT status FROM erasures"))[0] == "done"
