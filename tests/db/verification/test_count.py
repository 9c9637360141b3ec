import asyncio

import pytest

from tests.db.verification.store import Store, line
from tidings.kit.problem import InvalidInput
from tidings.verification.count import MAX_STOCK, CountStock, ToldKind, count_stock
from tidings.verification.errors import StockReserved
from tidings.verification.tables import StockMovementRow


async def tell(store: Store, kind: ToldKind, quantity: int, sku: str = "TEA") -> StockMovementRow:
    async with store.begin(store.shop.scope) as tx:
        command = CountStock(sku, kind, quantity, "delivery note 4711", "staff/7")
        return await count_stock(tx, command, now=store.clock.now())


async def test_goods_come_in_come_back_and_are_counted(store: Store) -> None:
    for kind, quantity, after in (("received", 5, 5), ("returned", 1, 6), ("counted", 4, 4), ("counted", 9, 9)):
        await tell(store, kind, quantity)  # type: ignore[arg-type]
        assert await store.stock() == {"TEA": (after, 0)}
    assert [quantity for _, _, quantity in await store.movements()] == [5, 1, -2, 5]
    assert await store.is_sound()


async def test_a_movement_says_who_told_it_and_why(store: Store) -> None:
    moved = await tell(store, "received", 5)
    assert (moved.actor, moved.reason, moved.kind, moved.at) == (
        "staff/7", "delivery note 4711", "received", store.clock.now(),
    )  # fmt: skip


async def test_fewer_than_are_promised_are_not_counted(store: Store) -> None:
    await tell(store, "received", 5)
    await store.order(line("TEA", 3))
    await store.work()
    with pytest.raises(StockReserved) as refusal:
        await tell(store, "counted", 2)
    assert refusal.value.members == {"sku": "TEA", "reserved": 3}
    await tell(store, "counted", 3)
    assert await store.stock() == {"TEA": (3, 3)}


async def test_more_than_a_ledger_can_hold_is_refused(store: Store) -> None:
    await tell(store, "counted", MAX_STOCK)
    with pytest.raises(InvalidInput) as refusal:
        await tell(store, "received", 1)
    assert [fault.pointer for fault in refusal.value.faults] == ["/quantity"]


async def test_many_hands_at_one_article_lose_nothing(store: Store) -> None:
    await asyncio.gather(*(tell(store, "received", 1) for _ in range(8)))
    assert await store.stock() == {"TEA": (8, 0)}
