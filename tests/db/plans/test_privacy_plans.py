"""Whoever holds, erases, exports or prunes reads no table whole, however much history there is."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.plans.test_hot_plans import Explaining, grown
from tests.fixtures.shop import Shop
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.orders.whose import Person, customers_of, ever_reached, orders_of_person
from tidings.retention.erase_orders import EraseOrders, erase_orders
from tidings.retention.export import rows_of_order
from tidings.retention.held import held_among
from tidings.retention.kept import kept_by_law
from tidings.retention.map import SLICES, loose
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.prune_kind import Pruning, prune_batch
from tidings.retention.prune_loose import prune_loose_rows
from tidings.retention.run import _KINDS

# Writing the history takes its time on a busy machine.
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def history(begin: Begin, shop: Shop, owner_database_url: str) -> int:
    return await grown(begin, shop, owner_database_url, 10_000)


async def test_erasing_and_exporting_read_no_table_whole(history: int, keeper: Begin, shop: Shop) -> None:
    now = SystemClock().now()
    async with keeper(shop.scope) as tx:
        # Statements of many orders are planned for few: each finds its rows by its key.
        ids = [row["id"] for row in await tx.raw.fetch("SELECT id FROM orders ORDER BY id LIMIT 5")]
        explaining = Explaining(tx.raw)
        tx.raw = explaining  # type: ignore[assignment]
        customers = await customers_of(tx, shop.id, ids, lock=True)
        person = Person("nobody@example.com", "+4930901820")
        assert await orders_of_person(tx, person, UUID(int=0), 20) == []
        assert await held_among(tx, shop.id, customers) == set()
        assert set(await ever_reached(tx, shop.id, ids)) == set(ids)
        told = await rows_of_order(tx, ids[0], SLICES)
        assert {"orders", "messages", "events", "records"} <= set(told)
        await erase_orders(tx, EraseOrders(customers, new_id(), "tests"), SLICES, now=now)
        assert await kept_by_law(tx, ids, SLICES) == []
    assert explaining.read == []


async def test_pruning_reads_no_table_whole(
    history: int, begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings.retention.prune_kind.AT_ONCE", 5)
    later = clock.now() + timedelta(days=10 * 365)
    pruning = Pruning(dict.fromkeys((*_KINDS, "callbacks"), later), SLICES, "tests", later)
    for kind in _KINDS:
        async with keeper(shop.scope) as tx:
            explaining = Explaining(tx.raw)
            tx.raw = explaining  # type: ignore[assignment]
            # Copies have ids that are no times.
            batch = await prune_batch(tx, kind, UUID(int=0), pruning)
        assert explaining.read == [], kind
        assert batch.last is not None, kind
    async with begin(shop.scope) as tx:
        await place_hold(tx, PlaceHold("customer", Meant("nobody@example.com"), "why", "tests"), now=clock.now())
    for keeping in loose(SLICES):
        async with keeper(shop.scope) as tx:
            explaining = Explaining(tx.raw)
            tx.raw = explaining  # type: ignore[assignment]
            assert await prune_loose_rows(tx, keeping, pruning) == 0
        assert explaining.read == []
