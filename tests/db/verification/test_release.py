from uuid import UUID

from tests.db.verification.store import Store, line
from tidings.orders.load import order_for_update
from tidings.verification.commit import commit_goods
from tidings.verification.release import release_goods


async def release(store: Store, order_id: UUID) -> list[str]:
    async with store.begin(store.shop.scope) as tx:
        return await release_goods(tx, await order_for_update(tx, order_id), store.by)


async def test_what_is_promised_is_free_again_and_that_is_done_once(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2), line("POT"))
    await store.work()
    assert sorted(await release(store, order_id)) == ["POT", "TEA"]
    assert await store.stock() == {"TEA": (5, 0), "POT": (1, 0)}
    assert {status for _, _, status in (await store.promised(order_id)).values()} == {"released"}
    assert await release(store, order_id) == []
    assert await store.is_sound()


async def test_what_has_left_with_a_parcel_stays_gone(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2), line("POT"))
    await store.work()
    async with store.begin(store.shop.scope) as tx:
        await commit_goods(tx, await order_for_update(tx, order_id), {"TEA": 1, "POT": 1}, "shp_1", store.by)
    assert await release(store, order_id) == ["TEA"]
    assert await store.stock() == {"TEA": (4, 0), "POT": (0, 0)}
    assert await store.promised(order_id) == {"TEA": (0, 1, "committed"), "POT": (0, 1, "committed")}
    assert await store.is_sound()
